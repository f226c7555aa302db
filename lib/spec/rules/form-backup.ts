// Forms of a store of backups: endpoints, buckets, folders.

import { guesses, hinted, passing, proposing, textOf } from './kind';
import { text } from './kinds';

const SERVER =
  /^https?:\/\/[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*(:[1-9]\d{0,4})?$/;

/** `1.2.3` and `0x7f.1` are read as other addresses than they look like, and port 70000 is none. */
function isServer(value: unknown): boolean {
  const url = textOf(value);
  if (typeof value !== 'string' || !SERVER.test(url) || !URL.canParse(url)) return false;
  return new URL(url).hostname === url.split(/:\/\/|:/)[1]?.toLowerCase();
}

/** Scheme and host, perhaps a port: the bucket stands beside it. */
export const storeEndpoint = hinted(
  proposing(
    passing<string>(
      isServer,
      {
        wanted: 'be the URL of a server, without a path and without a password',
        fix: 'write it like "https://s3.eu-central-1.amazonaws.com", and the bucket beside it',
      },
      { type: 'string', pattern: SERVER.source },
    ),
    (value) => {
      const [, scheme = 'https://', host = ''] =
        /^\s*(?:s3:)?(https?:\/\/)?([^@/\s]+?)\.?(?:\/\S*)?\s*$/i.exec(textOf(value)) ?? [];
      return typeof value === 'string' ? `${scheme.toLowerCase()}${host}` : undefined;
    },
  ),
  guesses([
    [
      /^(s3|gs|gcs|az|azure|b2|sftp|rest|file):(?!https?:)/i,
      'write the URL of a server that speaks the protocol of S3, and the bucket beside it',
    ],
    [/^https?:\/\/\[/i, 'write a name that stands for this address'],
  ]),
);

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const bucketName = hinted(
  text(/^(?!.*\.\.)(?!\d+(\.\d+){3}$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
    wanted: 'be the name of a bucket: 3 to 63 lower case letters, digits, - and .',
    fix: 'write it like "backups", without s3:// and without a path',
  }),
  (value) => {
    const [, bucket, folder] =
      /^(?:s3:\/\/)?([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(\S+)$/.exec(textOf(value)) ?? [];
    return bucket === undefined ? undefined : `write bucket: "${bucket}", path: "${folder ?? ''}"`;
  },
);

/** Under S3's 1024 bytes of a key, with the names that restic adds. */
export const storeFolder = proposing(
  text(/^(?=.{1,900}$)[\w.-]*\w[\w.-]*(\/[\w.-]*\w[\w.-]*)*$/, {
    wanted: 'be a path of at most 900 letters, digits, _, - and ., without slashes at its ends',
    fix: 'write it like "production/brokers/main"',
  }),
  (value) => textOf(value).replace(/^\/+|\/+$/g, ''),
);

export const regionName = text(/^[a-z0-9-]+$/, {
  wanted: 'be the name of a region',
  fix: 'write it like "eu-central-1"',
});
