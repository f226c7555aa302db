// The file of a new tenant: as little as the contract takes.

import type { App } from '../spec';

export interface NewTenant {
  readonly name: string;
  readonly dialect: App['dialect'];
  readonly image: string;
  readonly module: string;
}

/** `from` is the module that holds the contract: `@stalk/stalk`, or `../lib` in a clone. */
export function tenantFile(tenant: NewTenant, from: string): string {
  const { name, dialect, image, module } = tenant;
  const [root = module] = module.split('.');
  const app = [
    `dialect: '${dialect}'`,
    `image: ${quoted(image)}`,
    `module: ${quoted(module)}`,
    ...(dialect === 'django' ? [`djangoSettings: ${quoted(`${root}.settings`)}`] : []),
  ];
  return `import type { Tenant } from ${quoted(from)};

export const ${identifierOf(name)}: Tenant = {
  name: ${quoted(name)},
  app: {
${app.map((line) => `    ${line},\n`).join('')}  },
  workers: { default: { queues: ['celery'] } },
};
`;
}

const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;

/** Words that no variable of a module may be called, as far as a tenant's name can spell them. */
const RESERVED = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof undefined var void while with yield tenants'
  ).split(' '),
);

/** `jewelry-shop` is `jewelryShop`; what may not be a name alone has `tenant` before it: `tenant001`, `tenantNew`. */
export function identifierOf(name: string): string {
  const camel = name.replaceAll(/-+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return /^\d/.test(camel) || RESERVED.has(camel)
    ? `tenant${camel.charAt(0).toUpperCase()}${camel.slice(1)}`
    : camel;
}
