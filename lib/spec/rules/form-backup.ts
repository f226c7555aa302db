// Forms of a store of backups: endpoints, buckets, folders.

import { hinted, proposing, textOf } from './kind';
import { text } from './kinds';

/** Scheme and host, perhaps a port: the bucket stands beside it. */
export const storeEndpoint = proposing(
  text(/^https?:\/\/[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[1-9]\d{0,4})?$/, {
    wanted: 'be the URL of a server, without a path and without a password',
    fix: 'write it like "https://s3.eu-central-1.amazonaws.com", and the bucket beside it',
  }),
  (value) => {
    const [, scheme = 'https://', host = ''] =
      /^(?:s3:)?(https?:\/\/)?([^@/\s]+)(?:\/\S*)?$/.exec(textOf(value)) ?? [];
    return `${scheme}${host}`;
  },
);

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const bucketName = hinted(
  text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
    wanted: 'be the name of a bucket: 3 to 63 lower case letters, digits, - and .',
    fix: 'write it like "backups", without s3:// and without a path',
  }),
  (value) => {
    const [, bucket, folder] =
      /^(?:s3:\/\/)?([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(\S+)$/.exec(textOf(value)) ?? [];
    return bucket === undefined ? undefined : `write bucket: "${bucket}", path: "${folder ?? ''}"`;
  },
);

export const storeFolder = proposing(
  text(/^[\w.-]*\w[\w.-]*(\/[\w.-]*\w[\w.-]*)*$/, {
    wanted: 'be a path of letters, digits, _, - and ., without slashes at its ends',
    fix: 'write it like "production/brokers/main"',
  }),
  (value) => textOf(value).replace(/^\/+|\/+$/g, ''),
);

export const regionName = text(/^[a-z0-9-]+$/, {
  wanted: 'be the name of a region',
  fix: 'write it like "eu-central-1"',
});
