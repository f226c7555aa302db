// A tenant as a project of Compose, for a laptop: from its plan, as the cluster's objects are.

export { TwoOfAName } from './book';
export { differencesOf } from './differences';
export { composeText } from './document';
export { projectOf, type Project, type ProjectProps } from './project';
export { FOLDER, SECRETS } from './site';
export { envFile, valuesIn, type EnvFileValue } from './values';
