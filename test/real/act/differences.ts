/** Where a run in act differs from one on GitHub, and what is done about it here. `npm run test:real` prints it. */
export const DIFFERENCES: readonly string[] = [
  'Actions of others are the stand-ins of test/recipes/, and so is gh: nothing is fetched, built, pushed or signed; checkout is that of act, a copy of the repository.',
  'permissions: its token may do everything; each stand-in asks what the job says, and gets no more.',
  'environment: there is none, so every job gets the secret, and nobody approves.',
  'concurrency and timeout-minutes of a job: not heeded, and no run here is long or beside another.',
  'on: branches, paths, types and times are not looked at; each test says its event.',
  'strategy.job-total: act knows none (nor job-index), so the number is written in its place.',
  'strategy.matrix: its jobs run one after the other (max-parallel: 1 is added), as --local-repository is not safe for jobs at once.',
  'The workspace of a job that ended well is removed: each job gets one more step, which copies it.',
  'Cancel: main is killed at once, without SIGINT and SIGTERM before; what it could not do is done by post.',
  'Processes that a step leaves running end with it: so cancel-child.yml cannot run, and the job of ci.yml asks an emulator of the test.',
  'Logs: steps write to a terminal, and secrets are not masked here, so that what is printed can be looked through for them.',
  'ci.yml: npm ci and setup-node are left out, as the packages and Node of this repository are there.',
];
