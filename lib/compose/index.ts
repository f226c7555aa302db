// A tenant as a project of Compose, for a laptop: from its plan, as the cluster's objects are.

export { TwoOfAName } from './book';
export { differencesOf } from './differences';
export { composeText } from './document';
export { projectOf, type ComposeProject, type ComposeProps } from './project';
export { OWN_FOLDER, SECRETS, YOURS } from './site';
export { envFile, assignmentsIn, type EnvFileValue } from './values';
