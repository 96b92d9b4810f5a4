import { randomUUID } from 'node:crypto';
import { type Reply, text } from './reply.ts';

/** The stores whose words for an expired URL are known. */
export type ExpiredForm = 'aws' | 'r2' | 'gcs' | 'minio';

/**
 * An S3 error document.
 * Source: Amazon S3 API reference, "Error responses".
 */
export function storageError(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
  details: Record<string, string> = {},
): Reply {
  const more = Object.entries(details).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  const requestId = randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase();
  const body = [
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error>',
    `<Code>${code}</Code><Message>${escapeXml(message)}</Message>${more.join('')}`,
    `<RequestId>${requestId}</RequestId><HostId>emulator</HostId></Error>`,
  ].join('');
  return text(status, body, 'application/xml', { 'x-amz-request-id': requestId, ...headers });
}

/** What a store says of an expired URL: AWS S3, Cloudflare R2, Google Cloud Storage and MinIO differ. */
export function expiredReply(form: ExpiredForm): Reply {
  switch (form) {
    case 'aws':
      return storageError(403, 'AccessDenied', 'Request has expired', {}, { ServerTime: new Date().toISOString() });
    case 'r2':
      return storageError(403, 'ExpiredRequest', 'Request has expired');
    case 'gcs':
      return storageError(400, 'ExpiredToken', 'The provided token has expired.');
    case 'minio':
      return storageError(403, 'AccessDenied', 'Request has expired', {}, { Resource: '/cyberun' });
  }
}

function escapeXml(value: string) {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
