/** Where and how the service wants one upload. */
export interface UploadSlot {
  /** What names the file afterwards. */
  readonly fileKey: string;
  /** Presigned: a bearer secret. */
  readonly url: string;
  /** All of them are signed: S3 answers 403 when one is missing or differs. */
  readonly headers: Readonly<Record<string, string>>;
}
