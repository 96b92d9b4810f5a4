export const id = 489;
export const ids = [489,455];
export const modules = {

/***/ 127:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   A: () => (/* binding */ asGithubError),
/* harmony export */   E: () => (/* binding */ GithubError)
/* harmony export */ });
/* harmony import */ var _base_errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5145);
/* harmony import */ var _base_inert_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1996);
/* harmony import */ var _base_mapping_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6839);
/* harmony import */ var _base_members_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(5279);
/* harmony import */ var _base_network_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(7246);
/* harmony import */ var _base_retry_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(1666);






/** GitHub did not do what it was asked for. */
class GithubError extends _base_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .InertError */ .x1 {
    name = 'GithubError';
    type;
    /** `undefined` when nothing was answered. */
    status;
    /** What GitHub calls it, such as `already_exists`. */
    code;
    /** The wait that was asked for, in milliseconds. */
    retryAfter;
    constructor(type, message, details = {}) {
        super(message, details.cause);
        this.type = type;
        this.status = details.status;
        this.code = details.code;
        this.retryAfter = details.retryAfter;
    }
}
/**
 * Whatever a call throws, as one kind of error.
 *
 * @param name What was asked for, such as `GET releases/tags/v1`.
 * @param host Who was asked.
 * @see docs.github.com, "Best practices for using the REST API": 403 or 429; `retry-after`, else `x-ratelimit-reset`
 */
function asGithubError(name, host, error, clock) {
    if (error instanceof GithubError)
        return error;
    if (isAnswered(error))
        return refusalOf(name, error, clock);
    // octokit wraps what `fetch` rejects with.
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (cause instanceof GithubError)
        return cause;
    const advice = (0,_base_network_js__WEBPACK_IMPORTED_MODULE_4__/* .isUntrusted */ .fb)(cause) ? ` ${_base_network_js__WEBPACK_IMPORTED_MODULE_4__/* .UNTRUSTED_ADVICE */ .k8}` : '';
    const type = (0,_base_network_js__WEBPACK_IMPORTED_MODULE_4__/* .isLasting */ .dJ)(cause) ? 'refused' : 'passing';
    return new GithubError(type, (0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `${host} could not be reached: ${(0,_base_network_js__WEBPACK_IMPORTED_MODULE_4__/* .networkErrorText */ .Mi)(cause)}.${advice}`, { cause });
}
function refusalOf(name, error, clock) {
    const { status, response } = error;
    const said = (0,_base_members_js__WEBPACK_IMPORTED_MODULE_3__/* .textIn */ .r7)(response.data, 'message') ?? '';
    const [first] = (0,_base_members_js__WEBPACK_IMPORTED_MODULE_3__/* .listIn */ .Of)((0,_base_members_js__WEBPACK_IMPORTED_MODULE_3__/* .member */ .Dc)(response.data, 'errors'));
    const code = (0,_base_members_js__WEBPACK_IMPORTED_MODULE_3__/* .textIn */ .r7)(first, 'code');
    // Of its own rules, GitHub says here what it means, and `custom` as the code.
    const detail = (0,_base_members_js__WEBPACK_IMPORTED_MODULE_3__/* .textIn */ .r7)(first, 'message') ?? code;
    const message = (0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `GitHub answered ${name} with ${status}${said === '' ? '' : `: ${said.replace(/\.$/, '')}`}${detail === undefined ? '' : ` (${detail})`}.`;
    const retryAfter = waitOf(response.headers, clock);
    const isLimit = status === 429 || (status === 403 && (retryAfter !== undefined || /rate limit|abuse detection/i.test(said)));
    // Somebody may have the name for a moment: a try whose answer was lost, an asset that is being removed.
    const isPassing = status === 408 || (status >= 500 && status !== 501) || code === 'already_exists';
    const type = isLimit ? 'limited' : isPassing ? 'passing' : 'refused';
    return new GithubError(type, message, { status, code, retryAfter, cause: error });
}
function waitOf(headers, clock) {
    const asked = (0,_base_retry_js__WEBPACK_IMPORTED_MODULE_5__/* .parseRetryAfter */ .mu)((0,_base_members_js__WEBPACK_IMPORTED_MODULE_3__/* .textIn */ .r7)(headers, 'retry-after'), clock);
    if (asked !== undefined || (0,_base_members_js__WEBPACK_IMPORTED_MODULE_3__/* .textIn */ .r7)(headers, 'x-ratelimit-remaining') !== '0')
        return asked;
    const reset = Number((0,_base_members_js__WEBPACK_IMPORTED_MODULE_3__/* .textIn */ .r7)(headers, 'x-ratelimit-reset'));
    return Number.isFinite(reset) && reset > 0 ? Math.max(0, reset * 1000 - clock.date()) : undefined;
}
function isAnswered(error) {
    if (!(error instanceof Error) || !('status' in error) || !('response' in error))
        return false;
    const { status, response } = error;
    return typeof status === 'number' && (0,_base_mapping_js__WEBPACK_IMPORTED_MODULE_2__/* .isMapping */ .pi)(response) && (0,_base_mapping_js__WEBPACK_IMPORTED_MODULE_2__/* .isMapping */ .pi)(response.headers);
}


/***/ }),

/***/ 9014:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   h: () => (/* binding */ fetchOver),
/* harmony export */   o: () => (/* binding */ isAsSafe)
/* harmony export */ });
/* harmony import */ var _base_gather_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8845);

/** In milliseconds: until an answer begins, and between two chunks of it. GitHub reads a large upload once more before it answers. */
const ANSWER_LIMIT = 120_000;
/** Of an answer, in bytes: 100 releases with all that GitHub says of their assets. */
const LARGEST_ANSWER = 32 * 1024 * 1024;
const MOST_REDIRECTS = 3;
/** All that anybody reads of an answer. */
const HEADERS = [
    'content-type',
    'location',
    'retry-after',
    'x-ratelimit-remaining',
    'x-ratelimit-reset',
    'x-ratelimit-resource',
];
/**
 * A `fetch` over the wire, as far as octokit needs one, so that proxies, bounds and tests are those of all that this action
 * does. It follows a GET to another place of the same origin, which is where a repository went that was renamed; the token
 * goes nowhere else.
 */
function fetchOver(wire) {
    return async (url, { redirect, signal, ...asked }) => {
        let place = url;
        for (let redirects = 0;; redirects += 1) {
            const answer = await wire(place, requestOf(asked, signal ?? new AbortController().signal));
            const next = redirect === 'manual' || asked.method !== 'GET' ? undefined : nextPlace(place, answer);
            if (next === undefined || redirects === MOST_REDIRECTS)
                return await responseOf(answer);
            answer.body.destroy();
            place = next;
        }
    };
}
/** Whether what goes to an address is as safe on the way as what goes to GitHub's API. */
function isAsSafe(url, apiUrl) {
    if (!URL.canParse(url))
        return false;
    const { protocol } = new URL(url);
    return protocol === 'https:' || protocol === new URL(apiUrl).protocol;
}
function requestOf({ method, headers, body }, signal) {
    return {
        method: method,
        headers,
        ...(body !== undefined && { body }),
        // A POST that is lost on a kept-alive connection would leave an asset of which nobody knows.
        connection: method === 'GET' ? 'shared' : 'own',
        headersTimeout: ANSWER_LIMIT,
        bodyTimeout: ANSWER_LIMIT,
        signal,
    };
}
function nextPlace(place, { status, header }) {
    const location = header('location');
    if (![301, 302, 307, 308].includes(status) || location === undefined)
        return undefined;
    if (!URL.canParse(location, place))
        return undefined;
    const next = new URL(location, place);
    return next.origin === new URL(place).origin ? next.href : undefined;
}
async function responseOf({ status, header, body }) {
    const headers = new Headers();
    for (const name of HEADERS) {
        const value = header(name);
        if (value !== undefined)
            headers.set(name, value);
    }
    const gathered = (0,_base_gather_js__WEBPACK_IMPORTED_MODULE_0__/* .gather */ .k)(LARGEST_ANSWER);
    for await (const chunk of body) {
        if (!gathered.add(chunk))
            throw new Error(`the answer has more than ${LARGEST_ANSWER / 1024 / 1024} MiB`);
    }
    // A redirect and an answer without a body must not have one here, either (Fetch, "null body status").
    const text = [204, 205, 304].includes(status) ? null : new TextDecoder().decode(gathered.take());
    return new Response(text, { status, headers });
}


/***/ }),

/***/ 9455:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Cb: () => (/* binding */ MOST_ASSETS),
/* harmony export */   HA: () => (/* binding */ immutable),
/* harmony export */   dv: () => (/* binding */ findRelease),
/* harmony export */   refuseForeign: () => (/* binding */ refuseForeign),
/* harmony export */   refuseFull: () => (/* binding */ refuseFull)
/* harmony export */ });
/* harmony import */ var _base_errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5145);
/* harmony import */ var _base_inert_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1996);
/* harmony import */ var _files_names_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9172);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(127);
/* harmony import */ var _fetch_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(9014);
/* harmony import */ var _owned_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(5403);






/** Assets that a release has room for (docs.github.com, "About releases"). */
const MOST_ASSETS = 1_000;
/**
 * The release that is meant, and that files can be added to: it exists, it may be changed, and the token may do it.
 *
 * @param apiUrl Where GitHub's API is: uploads go by no less safe a protocol.
 * @throws {RunError} of kind `input`; or the signal's reason
 */
async function findRelease(asked, apiUrl, releases, signal) {
    try {
        const release = await find(asked, releases, signal);
        checkUploads(release, apiUrl);
        if (release.isImmutable)
            throw refused(immutable(release));
        if ((await releases.mayWrite(release, signal)) === false)
            throw refused(mayNotWrite(release));
        return { release, assets: await releases.assets(release, signal) };
    }
    catch (error) {
        throw unsure(error);
    }
}
/**
 * Refuses a release whose record of that name is not this key's: it could not be replaced.
 *
 * @throws {RunError} of kind `input`, also where it cannot be read; or the signal's reason
 */
async function refuseForeign({ release: { tag }, assets }, recordName, releases, key, signal) {
    const there = assets.find(({ name, isWhole }) => isWhole && name === recordName);
    if (there === undefined)
        return;
    const record = await (0,_owned_js__WEBPACK_IMPORTED_MODULE_4__/* .readRecordAt */ .z)(there, releases, key, signal).catch((error) => {
        throw unsure(error);
    });
    if (record !== undefined)
        return;
    throw refused((0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `Input attach-to-release: the release ${tag} has a ${recordName} that this api-key did not sign, so nobody knows which of its assets are this action's: it was made under another key, or by somebody else. Remove it from the release, or attach to another.`);
}
/**
 * Refuses a release that has no room for so many assets more, unless some that it has may be replaced.
 *
 * @throws {RunError} of kind `input`
 */
function refuseFull({ release: { tag }, assets }, more) {
    const isReplacing = assets.some(({ name }) => (0,_files_names_js__WEBPACK_IMPORTED_MODULE_2__/* .isListName */ .mt)(name));
    if (isReplacing || assets.length + more <= MOST_ASSETS)
        return;
    throw refused((0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `Input attach-to-release: a release has room for ${MOST_ASSETS} assets, and ${tag} has ${assets.length}; at least ${more} would come. Remove some, or attach to another.`);
}
async function find({ wanted, eventName, releaseId, ref }, releases, signal) {
    if (wanted === true && releaseId !== undefined) {
        const release = await releases.byId(releaseId, signal);
        if (release !== undefined)
            return release;
        throw refused((0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `Input attach-to-release is true, and the release of this event (${releaseId}) is not there any more, or is a draft that the token may not see. ${NEEDS_WRITE}`);
    }
    const tag = wanted === true ? tagOf(ref) : wanted;
    if (tag === undefined) {
        throw refused((0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `Input attach-to-release is true, and this run is of no release and no tag: it is of the event ${eventName}, on ${ref}. Run it on \`release: {types: [published]}\` or on a tag, or name a tag, such as \`attach-to-release: v1.2.0\`.`);
    }
    const found = await releases.byTag(tag, signal);
    const [release] = found;
    if (release === undefined)
        throw refused(await noRelease(tag, wanted === true, releases, signal));
    if (found.length === 1)
        return release;
    throw refused((0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `Input attach-to-release: ${(0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .amount */ .vj)(found.length, 'draft')} are of the tag ${tag}, and it is not clear which is meant. Delete all but one of them.`);
}
async function noRelease(tag, isOfRun, releases, signal) {
    const others = await releases.recentTags(signal);
    const are = others.length === 0 ? (0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `The token sees none at all` : (0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `The latest are ${(0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .someOf */ .yU)(others, 5)}`;
    const asked = isOfRun ? (0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `is true` : (0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `is ${tag}`;
    return (0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `Input attach-to-release ${asked}, and there is no release of the tag ${tag}. ${are}. Create it before this step (a draft will do), or write the tag of one. A draft is only seen by a token that may write: \`permissions: contents: write\`.`;
}
function tagOf(ref) {
    return /^refs\/tags\/(.+)$/.exec(ref)?.[1];
}
/** The token goes where the release says that uploads go. */
function checkUploads({ uploadUrl }, apiUrl) {
    const [url = ''] = uploadUrl.split('{');
    if ((0,_fetch_js__WEBPACK_IMPORTED_MODULE_5__/* .isAsSafe */ .o)(url, apiUrl))
        return;
    throw refused((0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `Input attach-to-release: GitHub says that uploads go to ${url}, which is no address to send a token to. A proxy may stand before it: see GITHUB_API_URL.`);
}
const NEEDS_WRITE = (0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `Give the job \`permissions: contents: write\`.`;
function mayNotWrite({ tag }) {
    return (0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `Input attach-to-release: the token may not add files to the release ${tag}. Give the job \`permissions: contents: write\`, or pass another token in github-token. A run for a pull request from a fork has no such right, whatever the workflow says.`;
}
/** Why nothing can be added to a release. */
function immutable({ tag }) {
    return (0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `Input attach-to-release: the release ${tag} is immutable, as it was published in a repository whose releases are. Attach to its draft, and publish that afterwards: \`attach-to-release: ${tag}\` finds a draft, too.`;
}
/** What GitHub did not answer, as why nothing is submitted. What is no error of GitHub's stays what it is. */
function unsure(error) {
    if (!(error instanceof _errors_js__WEBPACK_IMPORTED_MODULE_3__/* .GithubError */ .E))
        return error;
    const what = (0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `Input attach-to-release: nobody knows whether files could be attached.`;
    return refused((0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .joinInert */ .T2)([what, error.message, ...adviceFor(error)], ' '), error);
}
/** What is final without an answer says by itself what to do. */
function adviceFor({ status, type }) {
    if (status === 401)
        return [(0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `The token in github-token does not work: leave that input out to use the job's own.`];
    if (status === 403 || status === 404)
        return [NEEDS_WRITE];
    return status === undefined && type === 'refused' ? [] : [(0,_base_inert_js__WEBPACK_IMPORTED_MODULE_1__/* .inert */ .tJ) `See githubstatus.com, and run the job again.`];
}
function refused(message, cause) {
    return new _base_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .RunError */ .e4('input', message, cause);
}


/***/ }),

/***/ 8898:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   PB: () => (/* binding */ assetNames),
/* harmony export */   pn: () => (/* binding */ partName),
/* harmony export */   s6: () => (/* binding */ nameOfPart)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var _files_names_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9172);



/** In bytes; that of a part is still shorter than any name that GitHub takes. */
const LONGEST = 200;
const PART = '.cyberun-part';
/** What an asset of these bytes is called until it may have its name: nobody else who wants that has the same in mind. */
function partName(name, sha256) {
    return `${name}.${sha256.slice(0, 8)}${PART}`;
}
/** The name that such an asset is to have; `undefined` of one that has its name. */
function nameOfPart(name) {
    return /^(.+)\.[0-9a-f]{8}\.cyberun-part$/.exec(name)?.[1];
}
/**
 * How the files at these places are called as assets, in the same order: `seed-7/hero.png` is `seed-7-hero.png`. GitHub
 * keeps letters, digits and `._-` of a name and makes a dot of anything else, so that names in other scripts would all
 * come to the same: here they end in six hex digits of their SHA-256. Every name is one that GitHub leaves as it is.
 *
 * @param places Below the download folder, with `/` between components, as `names.ts` makes them.
 * @see community docs of `gh release upload`; travis-ci/dpl#821, softprops/action-gh-release#542
 */
function assetNames(places) {
    return (0,_files_names_js__WEBPACK_IMPORTED_MODULE_2__/* .uniqueNames */ .uZ)(places.map(assetName));
}
function assetName(place) {
    const joined = place.replaceAll('/', '-');
    // An accent is a mark of its own then, and GitHub leaves it out as well.
    const bare = joined.normalize('NFKD').replace(/\p{M}+/gu, '');
    const plain = bare
        .replace(/[^A-Za-z0-9_.-]+/g, '.')
        .replace(/\.+/g, '.')
        .replace(/^[.-]+/, '');
    const name = plain.endsWith('.') ? plain.slice(0, -1) : plain;
    const isWhole = /^[\x20-\x7e]*$/.test(bare) && name.length <= LONGEST && name !== '';
    return isWhole ? name : told(name, place);
}
/** With something of its digest before its extension. */
function told(plain, place) {
    const digest = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256').update(place).digest('hex').slice(0, 6);
    const extension = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.extname)(plain).slice(0, 32);
    const stem = plain.slice(0, plain.length - extension.length).slice(0, LONGEST - extension.length - 7);
    return `${stem === '' ? 'file' : stem}-${digest}${extension}`;
}


/***/ }),

/***/ 5489:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  openRelease: () => (/* binding */ openRelease)
});

// EXTERNAL MODULE: ./node_modules/@actions/github/lib/github.js + 22 modules
var github = __webpack_require__(2413);
// EXTERNAL MODULE: ./build/base/errors.js
var errors = __webpack_require__(5145);
// EXTERNAL MODULE: ./build/base/inert.js
var inert = __webpack_require__(1996);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./build/base/clock.js
var base_clock = __webpack_require__(2030);
// EXTERNAL MODULE: ./build/base/gather.js
var gather = __webpack_require__(8845);
// EXTERNAL MODULE: ./build/base/durations.js
var durations = __webpack_require__(7573);
// EXTERNAL MODULE: ./build/base/retry.js
var retry = __webpack_require__(1666);
// EXTERNAL MODULE: ./build/release/errors.js
var release_errors = __webpack_require__(127);
;// CONCATENATED MODULE: ./build/release/calls.js





/** How long faults may go on, in milliseconds. */
const PATIENCE = 3 * 60_000;
/** The first wait at a rate limit that names none, in milliseconds (docs.github.com: "at least one minute", then longer). */
const LIMIT_WAIT = 60_000;
/** The longest that is waited for, in milliseconds: an hour's quota may be spent. */
const LONGEST_WAIT = 15 * 60_000;
/** Rate limits in a row. */
const MOST_LIMITS = 6;
/** All calls to one GitHub: a limit holds every one of them back. */
function createCalls({ host, pace, clock, notice }) {
    /** Of several calls that meet the same outage, one tells of it. */
    let isToldOf = false;
    return async function call(name, signal, attempt, again) {
        const backoff = (0,retry/* createBackoff */.lF)(clock, 500, retry/* SLOWEST_BACKOFF */.Po);
        let since;
        let limits = 0;
        let next = attempt;
        for (;;) {
            await pace.ready(signal);
            try {
                const answer = await next(signal);
                isToldOf = false;
                return answer;
            }
            catch (error) {
                signal.throwIfAborted();
                const problem = (0,release_errors/* asGithubError */.A)(name, host, error, clock);
                if (problem.type === 'refused')
                    throw problem;
                if (problem.type === 'limited') {
                    limits += 1;
                    const wait = problem.retryAfter ?? LIMIT_WAIT * 2 ** (limits - 1);
                    if (limits > MOST_LIMITS || wait > LONGEST_WAIT)
                        throw hopeless(problem, wait);
                    if (pace.hold(wait))
                        notice((0,inert/* inert */.tJ) `${problem.message} Waiting for ${(0,durations/* formatClock */.ei)(wait)}.`);
                }
                else {
                    since ??= clock.now();
                    if (!isToldOf && problem.code === undefined)
                        notice((0,inert/* inert */.tJ) `${problem.message} Trying again for up to ${(0,durations/* formatDuration */.a3)(PATIENCE)}.`);
                    isToldOf = true;
                    const left = since + PATIENCE - clock.now();
                    if (left <= 0)
                        throw problem;
                    await (0,base_clock/* sleep */.yy)(clock, Math.min(backoff.next(problem.retryAfter), left), signal);
                }
                if (again !== undefined)
                    next = async (own) => (await again(own)) ?? (await attempt(own));
            }
        }
    };
}
function hopeless({ type, message, status, cause }, wait) {
    const text = (0,inert/* joinInert */.T2)([message, (0,inert/* inert */.tJ) `It asks for a wait of ${(0,durations/* formatClock */.ei)(wait)}, which is too long for a job.`], ' ');
    return new release_errors/* GithubError */.E(type, text, { ...(status !== undefined && { status }), cause });
}

// EXTERNAL MODULE: ./build/release/fetch.js
var fetch = __webpack_require__(9014);
;// CONCATENATED MODULE: ./build/release/pace.js

/** GitHub takes 80 things that are made in a minute, and then lets nobody make any for a while (docs.github.com, "Rate limits"). */
const MOST = 70;
const SPAN = 60_000;
/** Two waits that end so close to each other, in milliseconds, are for one limit. */
const SAME = 5_000;
function createPace(clock) {
    let free = clock.now();
    /** When the last of them were made, or are to be. */
    const made = [];
    async function ready(signal) {
        // It may be held for longer meanwhile.
        for (let wait = free - clock.now(); wait > 0; wait = free - clock.now())
            await (0,base_clock/* sleep */.yy)(clock, wait, signal);
    }
    return {
        ready,
        async addition(signal) {
            const oldest = made.length < MOST ? undefined : made.shift();
            const at = Math.max(clock.now(), (oldest ?? Number.NEGATIVE_INFINITY) + SPAN);
            made.push(at);
            if (at > clock.now())
                await (0,base_clock/* sleep */.yy)(clock, at - clock.now(), signal);
            await ready(signal);
        },
        hold(ms) {
            const until = clock.now() + ms;
            const isNews = until > free + SAME;
            free = Math.max(free, until);
            return isNews;
        },
    };
}

// EXTERNAL MODULE: ./build/base/mapping.js + 1 modules
var mapping = __webpack_require__(6839);
// EXTERNAL MODULE: ./build/base/members.js
var members = __webpack_require__(5279);
;// CONCATENATED MODULE: ./build/release/shapes.js




/** @throws {GithubError} worth another try, where it is none */
function releaseOf(data) {
    const [id, tag, uploadUrl] = [numberIn(data, 'id'), (0,members/* textIn */.r7)(data, 'tag_name'), (0,members/* textIn */.r7)(data, 'upload_url')];
    if (!(0,mapping/* isMapping */.pi)(data) || id === undefined || tag === undefined || uploadUrl === undefined)
        throw misshaped('release');
    return {
        id,
        tag,
        uploadUrl,
        isDraft: data.draft === true,
        isImmutable: data.immutable === true,
        url: (0,members/* textIn */.r7)(data, 'html_url') ?? '',
        target: (0,members/* textIn */.r7)(data, 'target_commitish'),
    };
}
/** @throws {GithubError} worth another try, where it is none */
function assetOf(data) {
    const [id, name] = [numberIn(data, 'id'), (0,members/* textIn */.r7)(data, 'name')];
    if (id === undefined || name === undefined)
        throw misshaped('asset');
    return {
        id,
        name,
        // Without a state, it is as good as what is said of it.
        isWhole: ((0,members/* textIn */.r7)(data, 'state') ?? 'uploaded') === 'uploaded',
        bytes: numberIn(data, 'size') ?? 0,
        sha256: /^sha256:([0-9a-f]{64})$/.exec((0,members/* textIn */.r7)(data, 'digest') ?? '')?.[1],
        url: (0,members/* textIn */.r7)(data, 'browser_download_url') ?? '',
    };
}
/** @throws {GithubError} worth another try, where it is none */
function listOf(data) {
    if (!Array.isArray(data))
        throw misshaped('list');
    return data;
}
function numberIn(data, name) {
    const value = (0,mapping/* isMapping */.pi)(data) ? data[name] : undefined;
    return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}
function misshaped(what) {
    return new release_errors/* GithubError */.E('passing', (0,inert/* inert */.tJ) `GitHub answered with something that is no ${what}. A proxy or a login page may stand before it.`);
}

;// CONCATENATED MODULE: ./build/release/api.js
var __addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var __disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});










/** In milliseconds, for one call without the bytes of a file. */
const CALL_LIMIT = 60_000;
/** The same with them: 2 GiB at 4 MB/s. */
const READ_LIMIT = 10 * 60_000;
/** GitHub gives so many of a list at once, at most. */
const PAGE = 100;
/** 10,000 releases; of assets a release has 1,000 at most. */
const MOST_PAGES = 100;
/** Opens no connection yet. */
function createReleases({ apiUrl, token, repository, wire, clock, notice }) {
    const octokit = (0,github/* getOctokit */.Q)(token, {
        baseUrl: apiUrl,
        request: { fetch: (0,fetch/* fetchOver */.h)(wire) },
        // What octokit has to say of deprecations is not for the job's log.
        log: { debug() { }, info() { }, warn() { }, error() { } },
    });
    const pace = createPace(clock);
    const call = createCalls({ host: new URL(apiUrl).host, pace, clock, notice });
    /** One request of octokit's, bounded. */
    async function request(route, more, signal, redirect = 'follow') {
        const env_1 = { stack: [], error: void 0, hasError: false };
        try {
            const limit = __addDisposableResource(env_1, (0,base_clock/* timeLimit */.zc)(clock, signal, CALL_LIMIT, () => new Error(`no whole answer within ${CALL_LIMIT / 1000} s`)), false);
            return await octokit.request(route, { ...repository, ...more, request: { signal: limit.signal, redirect } });
        }
        catch (e_1) {
            env_1.error = e_1;
            env_1.hasError = true;
        }
        finally {
            __disposeResources(env_1);
        }
    }
    /** What `parse` throws is worth another try, too: a page of a proxy, say. */
    const ask = (route, more, parse, signal) => call(nameOf(route, more), signal, async (own) => parse((await request(route, more, own)).data));
    async function orMissing(asking) {
        try {
            return await asking;
        }
        catch (error) {
            if (error instanceof release_errors/* GithubError */.E && error.status === 404)
                return undefined;
            throw error;
        }
    }
    async function* pages(route, more, parse, signal) {
        for (let page = 1; page <= MOST_PAGES; page += 1) {
            const entries = await ask(route, { ...more, per_page: PAGE, page }, (data) => listOf(data).map(parse), signal);
            yield entries;
            if (entries.length < PAGE)
                return;
        }
    }
    /** The bytes of an asset: the token stays with GitHub, and what signs the way to the storage is told to nobody. */
    async function read(asset, outer, take) {
        const env_2 = { stack: [], error: void 0, hasError: false };
        try {
            const limit = __addDisposableResource(env_2, (0,base_clock/* timeLimit */.zc)(clock, outer, READ_LIMIT, () => new Error(`no end of it within ${READ_LIMIT / 60_000} minutes`)), false);
            const { signal } = limit;
            const { data, headers } = await request('GET /repos/{owner}/{repo}/releases/assets/{asset_id}', { asset_id: asset.id, headers: { accept: 'application/octet-stream' } }, signal, 'manual');
            if (headers.location === undefined)
                return take(bytesOf(data));
            if (!(0,fetch/* isAsSafe */.o)(headers.location, apiUrl))
                throw new release_errors/* GithubError */.E('refused', (0,inert/* inert */.tJ) `${asset.name} is stored where anybody on the way could change it: have whoever runs that GitHub store it behind https.`);
            const answer = await wire(headers.location, {
                method: 'GET',
                headers: { accept: '*/*' },
                connection: 'shared',
                headersTimeout: CALL_LIMIT,
                bodyTimeout: CALL_LIMIT,
                signal,
            });
            try {
                if (answer.status !== 200)
                    throw new Error(`the storage of ${asset.name} answered ${answer.status}`);
                for await (const chunk of answer.body)
                    if (!take(chunk))
                        return false;
                return true;
            }
            finally {
                answer.body.destroy();
            }
        }
        catch (e_2) {
            env_2.error = e_2;
            env_2.hasError = true;
        }
        finally {
            __disposeResources(env_2);
        }
    }
    return {
        byId: (id, signal) => orMissing(ask('GET /repos/{owner}/{repo}/releases/{release_id}', { release_id: id }, releaseOf, signal)),
        async byTag(tag, signal) {
            const route = 'GET /repos/{owner}/{repo}/releases/tags/{tag}';
            const published = await orMissing(ask(route, { tag }, releaseOf, signal));
            if (published !== undefined)
                return [published];
            const found = [];
            for await (const page of pages('GET /repos/{owner}/{repo}/releases', {}, releaseOf, signal)) {
                found.push(...page.filter((release) => release.tag === tag));
            }
            return found;
        },
        async recentTags(signal) {
            const parse = (data) => listOf(data).map((one) => releaseOf(one).tag);
            return await ask('GET /repos/{owner}/{repo}/releases', { per_page: 5 }, parse, signal);
        },
        async mayWrite({ tag, target }, signal) {
            try {
                // It makes a text, keeps nothing, and takes the same right as an upload (docs.github.com, "Permissions required
                // for GitHub Apps", contents: write).
                const route = 'POST /repos/{owner}/{repo}/releases/generate-notes';
                await ask(route, { tag_name: tag, target_commitish: target }, () => undefined, signal);
                return true;
            }
            catch (error) {
                if (!(error instanceof release_errors/* GithubError */.E))
                    throw error;
                if (error.status === 403 || error.status === 404)
                    return false;
                // It was let in, and minds something else.
                return error.status === 422 ? true : undefined;
            }
        },
        async assets({ id }, signal) {
            const found = [];
            const route = 'GET /repos/{owner}/{repo}/releases/{release_id}/assets';
            for await (const page of pages(route, { release_id: id }, assetOf, signal))
                found.push(...page);
            return found;
        },
        read: (asset, most, signal) => call(`GET ${asset.name}`, signal, async (own) => {
            const gathered = (0,gather/* gather */.k)(most);
            const isWhole = await read(asset, own, (bytes) => gathered.add(bytes));
            return isWhole ? new TextDecoder().decode(gathered.take()) : undefined;
        }),
        digest: (asset, signal) => call(`GET ${asset.name}`, signal, async (own) => {
            const hash = (0,external_node_crypto_.createHash)('sha256');
            await read(asset, own, (bytes) => {
                hash.update(bytes);
                return true;
            });
            return hash.digest('hex');
        }),
        async upload({ uploadUrl }, { name, label, content, check }, recover, signal) {
            const attempt = async (own) => {
                await pace.addition(own);
                const { data } = await octokit.request({
                    method: 'POST',
                    url: uploadUrl,
                    name,
                    ...(label !== '' && { label }),
                    data: content.read(),
                    headers: { 'content-type': content.mediaType, 'content-length': String(content.bytes) },
                    request: { signal: own },
                });
                const asset = assetOf(data);
                await check(asset);
                return asset;
            };
            return await call(`POST ${name}`, signal, attempt, recover);
        },
        rename({ id }, { name, label }, recover, signal) {
            const route = 'PATCH /repos/{owner}/{repo}/releases/assets/{asset_id}';
            const to = { asset_id: id, name, ...(label !== '' && { label }) };
            return call(nameOf(route, to), signal, async (own) => assetOf((await request(route, to, own)).data), recover);
        },
        async remove({ id }, signal) {
            await orMissing(ask('DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}', { asset_id: id }, () => undefined, signal));
        },
    };
}
/** Such as `GET /releases/5`. */
function nameOf(route, values) {
    return route.replace('/repos/{owner}/{repo}', '').replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}
/** Where an asset comes without a redirect, octokit has its bytes already. */
function bytesOf(data) {
    if (data instanceof ArrayBuffer)
        return new Uint8Array(data);
    return new TextEncoder().encode(typeof data === 'string' ? data : JSON.stringify(data));
}

// EXTERNAL MODULE: ./build/release/find.js
var find = __webpack_require__(9455);
;// CONCATENATED MODULE: ./build/release/open.js





/**
 * Finds the release that this run is to attach to, and makes sure that it can.
 *
 * @throws {RunError} of kind `input`; or the signal's reason
 */
async function openRelease({ wanted, token, repository, signal, ...tools }) {
    const { apiUrl, eventName, ref, payload } = github/* context */._;
    const [owner = '', repo = '', ...others] = repository.split('/');
    if (owner === '' || repo === '' || others.length > 0) {
        throw new errors/* RunError */.e4('input', (0,inert/* inert */.tJ) `Input attach-to-release needs to know the repository, and GITHUB_REPOSITORY does not name one: it is for jobs of GitHub Actions. Leave it out elsewhere.`);
    }
    const releases = createReleases({ ...tools, apiUrl, token, repository: { owner, repo } });
    const { id } = payload.release ?? {};
    const releaseId = eventName === 'release' && Number.isSafeInteger(id) ? Number(id) : undefined;
    return { releases, ...(await (0,find/* findRelease */.dv)({ wanted, eventName, releaseId, ref }, apiUrl, releases, signal)) };
}


/***/ }),

/***/ 5403:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   A: () => (/* binding */ readOwned),
/* harmony export */   z: () => (/* binding */ readRecordAt)
/* harmony export */ });
/* harmony import */ var _files_names_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9172);
/* harmony import */ var _files_record_text_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2451);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(127);
/* harmony import */ var _names_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(8898);




/** In bytes; ours has some 300 for each of 1,000 assets. */
const LARGEST_RECORD = 4 * 1024 * 1024;
/**
 * Reads the records of a release: a service chooses what its files are called, and must not replace what somebody else
 * attached. An asset is this action's own when a record that this key signed lists it with the digest that it has.
 *
 * @throws {GithubError} where one cannot be read; or the signal's reason
 */
async function readOwned(assets, releases, key, signal) {
    const lines = new Map();
    const records = new Set();
    for (const asset of assets.filter(isRecord)) {
        const said = await readRecordAt(asset, releases, key, signal);
        if (said === undefined)
            continue;
        records.add(asset.id);
        for (const line of [...said.own, ...said.earlier])
            lines.set(line.place, [...(lines.get(line.place) ?? []), line]);
    }
    async function lineOf(asset) {
        // What is to take another one's place is listed by the name that it will have.
        const known = lines.get((0,_names_js__WEBPACK_IMPORTED_MODULE_3__/* .nameOfPart */ .s6)(asset.name) ?? asset.name);
        if (known === undefined || !asset.isWhole)
            return undefined;
        const sha256 = asset.sha256 ?? (await releases.digest(asset, signal));
        return known.find((line) => line.sha256 === sha256);
    }
    return {
        has: async (asset) => records.has(asset.id) || (await lineOf(asset)) !== undefined,
        listed: lineOf,
    };
}
/** What a record at a release says; `undefined` where this key did not sign it. */
async function readRecordAt(asset, releases, key, signal) {
    const text = await releases.read(asset, LARGEST_RECORD, signal).catch((error) => {
        // Whoever attaches at the same time replaces it meanwhile.
        if (error instanceof _errors_js__WEBPACK_IMPORTED_MODULE_2__/* .GithubError */ .E && error.status === 404)
            return undefined;
        throw error;
    });
    return (0,_files_record_text_js__WEBPACK_IMPORTED_MODULE_1__/* .parseRecord */ .Hh)(text ?? '', key);
}
function isRecord({ name, isWhole, bytes }) {
    const plain = (0,_names_js__WEBPACK_IMPORTED_MODULE_3__/* .nameOfPart */ .s6)(name) ?? name;
    return isWhole && bytes <= LARGEST_RECORD && plain.endsWith('.json') && (0,_files_names_js__WEBPACK_IMPORTED_MODULE_0__/* .isListName */ .mt)(plain);
}


/***/ })

};
