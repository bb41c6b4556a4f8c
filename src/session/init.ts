// What `conform init` writes: conform.yaml, a GitHub workflow, a GitLab job. Pure: facts about the module in, files out.
import { Document, isMap, isScalar } from "yaml";

/** What was found out about a module. */
export interface InitFacts {
  contract: { name: string; version: string };
  /** The contract itself, when it is a folder and not shipped: relative to the module. */
  contractPath?: string;
  /** Command that starts it; undefined when the contract's own rules find it, or nobody knows. */
  run?: string[];
  build?: string[];
  /** How it starts without `run`, in words; undefined when nobody knows. */
  found?: string;
  /** Path of the module's folder from the repository's root: `.` or `modules/a`. */
  path: string;
  /** The repository's main branch. */
  branch: string;
  /** Set-up that the module needs in CI. */
  languages: ("python" | "go" | "node")[];
  /** How CI gets conform. */
  source: ToolSource;
  /** Path of the schema from the module's folder, for editors. */
  schema?: string;
}

export type ToolSource =
  /** In the module's own devDependencies. */
  | { kind: "dependency" }
  /** In npm's words: package@version, a git address, a tarball. */
  | { kind: "package"; spec: string }
  /** Unknown: a variable of the repository has to say. */
  | { kind: "variable" };

/** conform.yaml. */
export function configFile(facts: InitFacts): string {
  const { contract, contractPath, run, build, found, schema } = facts;
  const value = {
    contract: contractPath ?? `${contract.name}@${contract.version}`,
    ...(build === undefined ? {} : { build }),
    ...(run === undefined ? {} : { run }),
  };
  const how =
    run !== undefined || found !== undefined
      ? ""
      : "\n# How the module is started; conform could not find out. A word that begins with ./ is a file of this folder.\n# run: ./my-module\n";
  const note =
    found === undefined || run !== undefined
      ? ""
      : `\n# Started by ${found}, as the contract says; \`run:\` overrides.\n`;
  return `${schema === undefined ? "" : `# yaml-language-server: $schema=${schema}\n`}# How conform judges this module. Every flag of \`conform\` has a key here.\n${yaml(value)}${note}${how}`;
}

const variableStep = {
  name: "Where conform comes from",
  run: '[ -n "$CONFORM_PACKAGE" ] || { echo "::error::set the repository variable CONFORM_PACKAGE to where conform comes from (a git address, a tarball or package@version)"; exit 2; }',
};

/** `.github/workflows/conform.yml`: judges the push, and what a pull request did to the verdict. */
export function githubWorkflow(facts: InitFacts): string {
  const { path, source } = facts;
  const conform = source.kind === "dependency" ? "npx --no-install conform" : "conform";
  const setup = facts.languages.flatMap((language): object[] => {
    if (language === "python") return [{ uses: "actions/setup-python@v5", with: { "python-version": "3.x" } }];
    return language === "go" ? [{ uses: "actions/setup-go@v5", with: { "go-version": "stable" } }] : [];
  });
  const job = {
    "runs-on": "ubuntu-latest",
    ...(path === "." ? {} : { defaults: { run: { "working-directory": path } } }),
    env:
      source.kind === "dependency"
        ? undefined
        : { CONFORM_PACKAGE: source.kind === "package" ? source.spec : "${{ vars.CONFORM_PACKAGE }}" },
    steps: [
      { uses: "actions/checkout@v4" },
      { uses: "actions/setup-node@v4", with: { "node-version": 22 } },
      ...setup,
      ...(source.kind === "variable" ? [variableStep] : []),
      source.kind === "dependency"
        ? { run: "npm ci" }
        : { run: 'npm install --global --no-audit --no-fund "$CONFORM_PACKAGE"' },
      { run: `${conform} . --reporter text --reporter junit --reporter json --reporter html --reporter github` },
      {
        if: "always()",
        uses: "actions/upload-artifact@v4",
        with: {
          name: "conform",
          path: path === "." ? "reports/latest" : `${path}/reports/latest`,
          "if-no-files-found": "ignore",
        },
      },
    ],
  };
  const workflow = {
    name: "conform",
    on: { push: { branches: [facts.branch] }, pull_request: path === "." ? null : { paths: [`${path}/**`] } },
    permissions: { contents: "read" },
    jobs: { conform: JSON.parse(JSON.stringify(job)) as object },
  };
  return `# Judges this module on every push and pull request. Written by \`conform init\`.\n${yaml(workflow)}`;
}

/** A GitLab job, to be included by .gitlab-ci.yml. */
export function gitlabJob({ path, source }: InitFacts): string {
  const install =
    source.kind === "dependency"
      ? ["npm ci"]
      : [
          '[ -n "$CONFORM_PACKAGE" ] || { echo "set the CI variable CONFORM_PACKAGE to where conform comes from"; exit 2; }',
          'npm install --global --no-audit --no-fund "$CONFORM_PACKAGE"',
        ];
  const conform = source.kind === "dependency" ? "npx --no-install conform" : "conform";
  const reports = path === "." ? "reports/latest" : `${path}/reports/latest`;
  const job = {
    [path === "." ? "conform" : `conform ${path}`]: {
      stage: "test",
      image: "node:22",
      ...(source.kind === "package" ? { variables: { CONFORM_PACKAGE: source.spec } } : {}),
      script: [
        ...(path === "." ? [] : [`cd ${quoted(path)}`]),
        ...install,
        `${conform} . --reporter text --reporter junit --reporter json --reporter html`,
      ],
      artifacts: { when: "always", paths: [reports], reports: { junit: `${reports}/junit.xml` } },
    },
  };
  return `# Judges this module. Written by \`conform init\`; to be included by .gitlab-ci.yml.\n${yaml(job)}`;
}

/** One word for a shell. */
function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function yaml(value: object): string {
  const document = new Document(value);
  // `on: { pull_request: }`, as everybody writes it.
  const on = isMap(document.contents) ? document.get("on") : undefined;
  if (isMap(on)) for (const { value: item } of on.items) if (isScalar(item) && item.value === null) item.source = "";
  return document.toString({ lineWidth: 0, nullStr: "" });
}
