// What secrets look like: by value, and by the name of what holds them.
// The rules of secretlint and gitleaks as packages are asynchronous, ESM only or a binary; a synth is neither (ADR 0019).

/** Words that name a secret, as they stand before a value: `--password=`, `PGPASSWORD=`, `"api_key": `. */
const SECRET_WORD =
  '(?:password|passwd|passphrase|pwd|secret|token|credentials?|(?:api|access|private|signing|encryption|account)[-_]?key|redis(?:cli)?_auth|requirepass)';

/** What is no secret after such a word: a reference, a path, a switch. */
const NONE = `(?:[$%/]|(?:true|false|yes|no|on|off|none|null)\\b)`;

/** What it is, how it looks, and who says so; the parts of a match in (?<keep>) stay in a message. */
export const PATTERNS: readonly (readonly [what: string, looks: RegExp])[] = [
  // https://datatracker.ietf.org/doc/html/rfc7468#section-10
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[^]*/g],
  // https://age-encryption.org
  ['a private key', /\bAGE-SECRET-KEY-1[A-Z0-9]{58}\b/g],
  // https://datatracker.ietf.org/doc/html/rfc7519#section-3
  ['a JSON Web Token', /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?/g],
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
  ['a key of AWS', /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g],
  // https://cloud.google.com/docs/authentication/api-keys
  ['a key of Google Cloud', /\bAIza[\w-]{35}/g],
  // https://developers.google.com/identity/protocols/oauth2
  ['a token of Google', /\b(?:GOCSPX-[\w-]{28}|ya29\.[\w-]{20,})/g],
  // https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string
  ['a key of Azure', /(?<keep>\b(?:AccountKey|SharedAccessKey)=)[\w+/=]{20,}/g],
  // https://learn.microsoft.com/azure/storage/common/storage-sas-overview
  ['a signature of Azure', /(?<keep>[?&]sig=)[\w%+/=-]{20,}/g],
  // https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml (azure-ad-client-secret)
  ['a secret of Azure', /\b[\w~.]{3}\dQ~[\w~.-]{31,34}/g],
  // https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats
  ['a token of GitHub', /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{60,})/g],
  // https://docs.gitlab.com/security/tokens/#token-prefixes
  [
    'a token of GitLab',
    /\b(?:gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|wt|soat|ffct)-|GR1348941)[\w-]{20,}/g,
  ],
  // https://docs.slack.dev/authentication/tokens
  ['a token of Slack', /\b(?:xox[a-z](?:\.xox[a-z])?|xapp)-[\w-]{10,}/g],
  // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
  ['a webhook of Slack', /(?<keep>hooks\.slack\.com\/(?:services|workflows|triggers)\/)\S{20,}/g],
  // https://docs.stripe.com/keys
  ['a key of Stripe', /\b(?:[rs]k_(?:live|test|prod)_[A-Za-z0-9]{8,}|whsec_[\w+/=]{16,})/g],
  // https://docs.npmjs.com/about-access-tokens
  ['a token of npm', /\bnpm_[A-Za-z0-9]{36}\b/g],
  // https://pypi.org/help/#apitoken
  ['a token of PyPI', /\bpypi-AgE[\w-]{50,}/g],
  // https://docs.docker.com/security/access-tokens
  ['a token of Docker', /\bdckr_(?:pat|oat)_[\w-]{20,}/g],
  // https://platform.openai.com/docs/api-reference/authentication, https://docs.anthropic.com/en/api/overview
  [
    'a key of an AI service',
    /\b(?:sk-(?:ant-|proj-|svcacct-|admin-|or-)?[A-Za-z0-9][\w-]{19,}|gsk_[A-Za-z0-9]{40,})/g,
  ],
  // https://huggingface.co/docs/hub/security-tokens
  ['a token of Hugging Face', /\bhf_[A-Za-z0-9]{30,}/g],
  // https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys
  ['a key of SendGrid', /\bSG\.[\w-]{20,24}\.[\w-]{39,50}/g],
  // https://www.twilio.com/docs/iam/api-keys
  ['a key of Twilio', /\bSK[0-9a-f]{32}\b/g],
  // https://docs.digitalocean.com/reference/api/create-personal-access-token
  ['a token of DigitalOcean', /\bdo[opr]_v1_[a-f0-9]{64}\b/g],
  // https://developer.hashicorp.com/vault/docs/concepts/tokens
  ['a token of Vault', /\bhv[bsr]\.[\w-]{24,}/g],
  // https://core.telegram.org/bots/features#botfather
  ['a token of Telegram', /\b\d{8,10}:AA[\w-]{33}\b/g],
  // https://shopify.dev/docs/apps/build/authentication-authorization
  ['a token of Shopify', /\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b/g],
  // https://docs.databricks.com/dev-tools/auth/pat
  ['a token of Databricks', /\bdapi[a-f0-9]{32}\b/g],
  // https://grafana.com/docs/grafana/latest/administration/service-accounts, https://docs.sentry.io/account/auth-tokens
  ['a token of Grafana or Sentry', /\b(?:glsa_|glc_|sntry[su]_)[\w+/=.-]{20,}/g],
  // https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1
  ['a URL with a password', /(?<keep>\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@:]*:(?!\$)[^\s@/]+(?=@)/gi],
  // the same without a scheme, as registries are written
  [
    'a password before a host',
    /(?<keep>(?<![\w./:-])(?!(?:mailto|sip|xmpp|acct):)[\w.-]+:)(?![$/])[^\s@:/"']+(?=@(?!sha256:)\w)/gi,
  ],
  // https://www.rfc-editor.org/rfc/rfc6750#section-2.1, https://www.rfc-editor.org/rfc/rfc7617#section-2
  ['a token of an HTTP header', /(?<keep>\b(?:Bearer|Basic) )(?!\$)[\w.~+/=-]{16,}/g],
  // https://www.postgresql.org/docs/current/libpq-envars.html
  [
    'a password',
    new RegExp(
      `(?<keep>${SECRET_WORD}(?:["']?\\s*=|["']\\s*:|:\\s)\\s*["']?)(?!["']|${NONE})[^\\s"'&;,]+`,
      'gi',
    ),
  ],
  ['a password', new RegExp(`(?<keep>--[\\w-]*${SECRET_WORD} +["']?)(?![-"']|${NONE})[^\\s"']+`, 'gi')],
  // https://man7.org/linux/man-pages/man1/sshpass.1.html
  ['a password', /(?<keep>\bsshpass -p *["']?)(?![\s"'$])[^\s"']+/g],
  // https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html
  ['a password', /(?<keep>\b(?:mysql\w*|mariadb[\w-]*)\b(?:[^|;&]*?\s)?-p["']?)(?![\s"'$]|ort\b)[^\s"']+/g],
  // https://redis.io/docs/latest/develop/tools/cli/#host-port-password-and-database
  ['a password', /(?<keep>\bredis-cli\b[^|;&]*?\s-a +["']?)(?![\s"'$])[^\s"']+/g],
  // https://curl.se/docs/manpage.html#-u
  ['a password', /(?<keep>\bcurl\b[^|;&]*?\s(?:-u|--user)[ =]*["']?[^\s:"']+:)(?![\s"'$])[^\s"']+/g],
];

/** What secret a text holds, in words, or nothing. */
export const secretIn = (text: string): string | undefined =>
  PATTERNS.find(([, looks]) => text.search(looks) >= 0)?.[0];

/** The text without what is secret in it. */
export const masked = (text: string): string =>
  PATTERNS.reduce((left, [, looks]) => left.replace(looks, (...match) => `${keptPart(match.at(-1))}…`), text);

const keptPart = (groups: unknown): string => (groups as { readonly keep?: string } | undefined)?.keep ?? '';

/** Endings of names whose values are secrets, whatever they look like. */
const NAMED =
  /(password|passwd|passphrase|secret|token|credentials?|auth_key|(api|access|private|secret|signing|encryption)_?key|connection_?string|(^|_)(pass|pwd|dbpass))$/i;

export const namesSecret = (name: string): boolean => NAMED.test(name);

/** A path, a reference or a switch under such a name is none. */
export const isPlain = (value: string): boolean => value === '' || new RegExp(`^${NONE}`, 'i').test(value);
