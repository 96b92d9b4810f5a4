export const id = 455;
export const ids = [455];
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
