// The version of conform: filled in by the build, `0.0.0` when run from source.
declare const __VERSION__: string | undefined;

/** Version of conform, as in package.json: `1.2.0`; `0.0.0` when run from source. */
export const version: string = typeof __VERSION__ === "string" ? __VERSION__ : "0.0.0";
