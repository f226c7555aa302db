// What `npx stalk` works on unless `--from` names another module: every environment with every tenant.

export { environments } from './environments';
export { tenants } from '../tenants';
