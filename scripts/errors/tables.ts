/** The list's sections, in their order: what errors are headed by, and what there is to know of all of them. */
export const SECTIONS: Readonly<Record<string, string>> = {
  'an input cannot be used':
    'Nothing was submitted, and nothing is to be paid. Several of these come as one error: `There are 3 problems. (1) ...`.',
  'the submit failed': 'There is no task, unless the error says that there may be one.',
  'the task did not complete': 'It failed, could not be followed, or there was no way to ask for it.',
  'a time limit passed': 'The task was cancelled.',
  'the job was cancelled':
    'So was the task, unless the error says that it completed. What could not be cancelled in time is left to the action’s post step.',
  'not all files are there': 'The task itself completed: nothing has to be rendered again to have the others.',
  'not all files are attached': 'The files are in the workspace, and not all of them at the release.',
};

/**
 * Whose words no error has, and where they are read instead: a folder, a file, or one function of it. Words that are given
 * to the log are no concern of this table.
 */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'src/gallery': 'the gallery',
  'src/github/log.ts': 'what errors are headed by',
  'src/github/outputs.ts#listedIn': 'a warning',
  'src/github/markdown.ts': 'the summary',
  'src/github/matrix-summary.ts': 'the summary',
  'src/github/plan-summary.ts': 'the summary',
  'src/github/progress.ts': 'the log',
  'src/github/refusal.ts': 'the summary',
  'src/github/summary-parts.ts': 'the summary',
  'src/github/summary.ts': 'the summary',
  'src/files/encoded.ts': 'a warning',
  'src/files/bytes.ts': 'the log',
  'src/files/home.ts#readOffer': 'the log',
  'src/files/other.ts': 'the log',
  'src/files/report.ts': 'log and summary',
  'src/files/reuse.ts': 'the log',
  'src/files/selection.ts#describeSelected': 'the log',
  'src/files/unpacked.ts#describeUnpacked': 'the log',
  'src/base/inert.ts#inertLines': 'the log',
  'src/base/proxies.ts#describeProxy': 'the log',
  'src/cyberun/events.ts': 'the log',
  'src/cyberun/repeat.ts#againText': 'the log',
  'src/cyberun/schema.ts': 'warnings',
  'src/cyberun/shapes.ts': 'warnings',
  'src/matrix/matrix.ts#runMatrix': 'log and summary',
  'src/matrix/matrix.ts#notBegun': 'the summary',
  'src/matrix/overview.ts': 'the log',
  'src/matrix/plan.ts': 'log and summary',
  'src/left-open.ts': 'warnings of post',
  'src/step/carry-out.ts': 'the log',
  'src/step/dry-run.ts': 'the log',
  'src/step/gallery.ts#galleryOf': 'the gallery',
  'src/step/previews.ts': 'the log',
  'src/step/release.ts#describeRelease': 'log and summary',
  'src/step/release.ts#attachOutcome': 'the log',
  'src/task/cancel.ts': 'log and warnings of post',
  'src/task/follow.ts': 'nowhere: reasons of aborts',
  'src/task/history.ts': 'the log',
  'src/task/leftovers.ts': 'the log of post',
  'src/task/likely.ts': 'a warning',
  'src/task/link.ts': 'nowhere: reasons of aborts',
  'src/task/losses.ts': 'the log',
  'src/task/track.ts#runningLine': 'the log',
  'src/task/track.ts#endingLine': 'the log',
  'src/task/waiting.ts#explainTakers': 'the log',
  'src/release/attach.ts#tidy': 'nowhere: the reason of an abort',
  'src/transfer/digest.ts#talkTo': 'nowhere: then digests are computed elsewhere',
  'src/transfer/digest.ts#work': 'nowhere: then digests are computed elsewhere',
  'src/transfer/parts.ts#fetchParts': 'nowhere: the reason of an abort',
  'src/workflow/files.ts#uploadFiles': 'nowhere: the reason of an abort',
  'src/workflow/prepare.ts': 'warnings',
  'src/workflow/announce.ts': 'the log',
  'src/workflow/fingerprint.ts': 'the log',
};

/** Phrases that no run of the built action can be made to say, each with the reason. */
export const UNPROVOKED: Readonly<Record<string, string>> = {
  'no answer within … s': 'of an event stream, which ends no run',
  'the task was no longer followed': 'the reason of an abort',
  'the try is over': 'the reason of an abort',
  'nothing more is on its way': 'the reason of an abort',
  'nobody wants the answer any more': 'the reason of an abort, for undici alone',
  'Try … of … in … s': 'in the log alone',
  'The archive is not unpacked, as a folder on the way to it has a typographic quote in its name, with which PowerShell would end the path. Choose another path':
    'on Windows alone (test/archive/tool.test.ts)',
  'it ends before what it says is in it': 'an archive that becomes shorter while it is read',
  'GitHub takes assets of less than 2 GiB, which … … not. Leave out by `pattern` what is larger': 'a file of 2 GiB',
  'it was changed since this step wrote it': 'a write between two lines of ours (test/release/lists.test.ts)',
  'was there when this step began, and was changed or removed since: another step writes to this folder, too. Give each step a path of its own, and run this job again':
    'a write between two lines of ours (test/files/here.test.ts)',
  'was changed meanwhile': 'a write between two lines of ours (test/files/page.test.ts)',
  'With … files, … would be larger than any is read. Unpack archives in a step of its own, or have the workflow pack fewer files':
    'an archive of some 75,000 files (test/files/record.test.ts)',
  'was changed while it was unpacked: another step writes to this folder, too. Give each step a path of its own':
    'a write between two lines of ours (test/files/unpacked.test.ts)',
  'nothing more could be written': 'a disk that takes no bytes and says no error (test/transfer/file.test.ts)',
  'The disk gave back less than was written': 'a disk that loses what it took',
  'of the output': 'an address that is no URL is refused before',
  'It became shorter while it was read': 'a write between two reads (test/transfer/upload.test.ts)',
  'which was written to, or replaced by a link or another file, while it was looked at':
    'a write between two lines of ours (test/workflow/files.test.ts)',
};
