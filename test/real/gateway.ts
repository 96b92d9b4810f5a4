import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Storage, UrlsOfStorage } from '../../emulator/storage.ts';
import { type Program, startProgram } from '../action/program.ts';
import { commandOf } from './parts.ts';

const CREDENTIALS = { accessKeyId: 'gateway-access', secretAccessKey: 'gateway-secret' };
const REGION = 'us-east-1';

/** versitygw on a folder of its own, with a bucket. */
export interface Gateway extends Program {
  readonly client: S3Client;
  /** One for each gateway. */
  readonly bucket: string;
}

/** @param options More of its own, such as `--keep-alive`. */
export async function startGateway(options: readonly string[] = []): Promise<Gateway> {
  const program = await startProgram(commandOf('versitygw'), (port, folder) => {
    const root = join(folder, 'objects');
    mkdirSync(root, { recursive: true });
    const keys = ['--access', CREDENTIALS.accessKeyId, '--secret', CREDENTIALS.secretAccessKey];
    return [...keys, '--region', REGION, '--port', `127.0.0.1:${port}`, '--quiet', ...options, 'posix', root];
  });
  const client = clientOf(program.url);
  const bucket = 'cyberun';
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return { ...program, client, bucket };
}

/** AWS's own client, as it comes but for what every storage but AWS needs. */
function clientOf(
  endpoint: string,
  secretAccessKey = CREDENTIALS.secretAccessKey,
  // Otherwise a presigned PUT is signed with the checksum of a body that is not there yet.
  requestChecksumCalculation: 'WHEN_REQUIRED' | 'WHEN_SUPPORTED' = 'WHEN_REQUIRED',
): S3Client {
  return new S3Client({
    endpoint,
    region: REGION,
    credentials: { ...CREDENTIALS, secretAccessKey },
    forcePathStyle: true,
    requestChecksumCalculation,
  });
}

/** How URLs are made. */
export interface UrlOptions {
  /** Where they lead, if not to the gateway itself: what they are signed for. */
  readonly origin?: string;
  /** From when on each counts; asked for each. Default: now. */
  readonly signedAt?: () => Date;
  /** Their life in seconds. Default 3600. */
  readonly seconds?: number;
  /** The key that signs, asked for each. Default: the one that the gateway knows. */
  readonly secret?: () => string;
  /** Of an upload, signed. The answer to presign has to ask for them, as `x-amz-meta-*`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Of an upload, signed: its SHA-256 in base64, as `x-amz-checksum-sha256`. */
  readonly checksum?: string;
  /** Has a URL ask for the checksum that is stored. */
  readonly checksums?: boolean;
  /** Uploads are signed as the SDK does by itself. */
  readonly careless?: boolean;
}

/**
 * URLs of a gateway for the emulator to give out, presigned by AWS's own SDK. What a task made is put there when its first
 * URL is asked for.
 */
export function urlsOf(gateway: Gateway, options: UrlOptions = {}): (own: Storage) => UrlsOfStorage {
  const { origin = gateway.url, seconds = 3600, metadata = {}, checksums = false, careless = false } = options;
  const { signedAt = () => new Date(), secret = () => CREDENTIALS.secretAccessKey } = options;
  const { client, bucket: Bucket } = gateway;
  const stored = new Map<string, Promise<unknown>>();
  const signed = new Set([
    ...['content-type', 'content-length', 'if-none-match'],
    ...Object.keys(metadata).map((name) => `x-amz-meta-${name}`),
    ...(options.checksum === undefined ? [] : ['x-amz-checksum-sha256']),
  ]);
  return ({ objects }) => ({
    async presignGet(Key, disposition) {
      const object = objects.get(Key);
      if (object !== undefined && !stored.has(Key)) {
        const { contentType: ContentType, encoding: ContentEncoding, bytes: Body } = object;
        const about = { ContentType, ContentEncoding, ChecksumAlgorithm: 'SHA256' } as const;
        stored.set(Key, client.send(new PutObjectCommand({ Bucket, Key, Body, ...about })));
      }
      await stored.get(Key);
      const more = { ResponseContentDisposition: disposition, ...(checksums && { ChecksumMode: 'ENABLED' as const }) };
      return getSignedUrl(clientOf(origin, secret()), new GetObjectCommand({ Bucket, Key, ...more }), {
        expiresIn: seconds,
        signingDate: signedAt(),
      });
    },
    async presignPut(Key, headers) {
      const command = new PutObjectCommand({
        Bucket,
        Key,
        ContentType: headers['Content-Type'],
        ContentLength: Number(headers['Content-Length']),
        IfNoneMatch: headers['If-None-Match'],
        Metadata: { ...metadata },
        ChecksumSHA256: options.checksum,
      });
      return getSignedUrl(clientOf(origin, secret(), careless ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED'), command, {
        expiresIn: seconds,
        signingDate: signedAt(),
        signableHeaders: signed,
        unhoistableHeaders: signed,
      });
    },
    has: async (key) => (await objectOf(gateway, key)) !== undefined,
  });
}

/** An object as the gateway has it; `undefined` where there is none. */
export async function objectOf({ client, bucket }: Gateway, key: string) {
  try {
    const { Body, ContentType, Metadata, ChecksumSHA256 } = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }),
    );
    return {
      bytes: Buffer.from((await Body?.transformToByteArray()) ?? []),
      type: ContentType,
      metadata: Metadata,
      checksum: ChecksumSHA256,
    };
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

/** Puts other bytes where an object is. */
export async function replace({ client, bucket }: Gateway, key: string, bytes: Uint8Array): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }));
}

/** Removes an object. */
export async function remove({ client, bucket }: Gateway, key: string): Promise<void> {
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
}

/** All keys, in the order of S3. */
export async function keysOf({ client, bucket }: Gateway): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.flatMap(({ Key }) => Key ?? []);
}
