// Says what to install where Pulumi is missing, before the SDK is loaded: it is an optional peer of the package.

const PEERS = ['@pulumi/pulumi', '@pulumi/kubernetes'];

/** One line in place of Node's stack, which would name Stalk's own files. */
function refuseWithout(missing: readonly string[]): void {
  if (missing.length === 0) return;
  const error = new Error(
    `${missing.join(' and ')} must be installed for @stalk/stalk/pulumi, got none; npm install --save-exact ${missing.join(' ')}`,
  );
  error.stack = error.message;
  throw error;
}

function isMissing(name: string): boolean {
  try {
    require.resolve(name);
    return false;
  } catch {
    return true;
  }
}

refuseWithout(PEERS.filter(isMissing));
