// What the cdk8s CLI tells the app that it runs.

/** The folder of `output` in cdk8s.yaml or of `--output`; undefined where another command runs. */
export const chosenByCdk8s = (): string | undefined => process.env['CDK8S_OUTDIR'];
