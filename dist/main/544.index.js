export const id = 544;
export const ids = [544,455];
export const modules = {

/***/ 2544:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  attach: () => (/* binding */ attach)
});

// EXTERNAL MODULE: ./node_modules/p-limit/index.js + 1 modules
var p_limit = __webpack_require__(370);
// EXTERNAL MODULE: ./build/base/clock.js
var base_clock = __webpack_require__(2030);
// EXTERNAL MODULE: ./build/base/errors.js
var errors = __webpack_require__(5145);
// EXTERNAL MODULE: ./build/base/inert.js
var inert = __webpack_require__(1996);
// EXTERNAL MODULE: ./build/base/retry.js
var retry = __webpack_require__(1666);
// EXTERNAL MODULE: ./build/files/names.js
var files_names = __webpack_require__(9172);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./build/base/disk.js
var base_disk = __webpack_require__(7835);
// EXTERNAL MODULE: ./build/release/errors.js
var release_errors = __webpack_require__(127);
;// CONCATENATED MODULE: ./build/release/content.js




/** Read at one time, in bytes. */
const PIECE = 256 * 1024;
/** A text of ours. */
function contentOfText(text, mediaType) {
    const bytes = Buffer.from(text);
    return {
        bytes: bytes.length,
        sha256: (0,external_node_crypto_.createHash)('sha256').update(bytes).digest('hex'),
        mediaType,
        async *read() {
            yield bytes;
        },
    };
}
/**
 * A file in the workspace, of which this job computed the digest. Who writes to it meanwhile does not get it attached: its
 * last bytes are held back until the digest of all is seen to be right.
 */
function contentOfFile(disk, file) {
    return { ...file, read: () => readFile(disk, file) };
}
async function* readFile(disk, { path, bytes, sha256 }) {
    const file = await disk.open(path, base_disk/* READ_NO_LINK */.i).catch(changed);
    const hash = (0,external_node_crypto_.createHash)('sha256');
    try {
        for (let at = 0; at < bytes;) {
            // A buffer of its own for each: the connection may still hold the last one.
            const buffer = Buffer.allocUnsafe(Math.min(PIECE, bytes - at));
            const { bytesRead } = await file.read(buffer, 0, buffer.length, at).catch(changed);
            if (bytesRead === 0)
                changed(new Error('it became shorter'));
            const piece = buffer.subarray(0, bytesRead);
            hash.update(piece);
            at += bytesRead;
            if (at === bytes && hash.digest('hex') !== sha256)
                changed(new Error('its bytes are not those of its digest'));
            yield piece;
        }
    }
    finally {
        await file.close();
    }
}
function changed(cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new release_errors/* GithubError */.E('refused', (0,inert/* inert */.tJ) `The file in the workspace was changed since it arrived (${said}), and was not attached. Let nothing write there while this step runs.`, { cause });
}

// EXTERNAL MODULE: ./build/release/find.js
var find = __webpack_require__(9455);
// EXTERNAL MODULE: ./build/base/canonical.js
var canonical = __webpack_require__(1158);
// EXTERNAL MODULE: ./build/base/json.js
var json = __webpack_require__(768);
// EXTERNAL MODULE: ./build/base/mapping.js + 1 modules
var mapping = __webpack_require__(6839);
// EXTERNAL MODULE: ./build/base/members.js
var members = __webpack_require__(5279);
// EXTERNAL MODULE: ./build/files/checksums.js
var files_checksums = __webpack_require__(704);
// EXTERNAL MODULE: ./build/files/record-text.js
var record_text = __webpack_require__(2451);
;// CONCATENATED MODULE: ./build/release/lists.js







/**
 * The release is to these lists what the folder is to those in the workspace: they tell which assets are this action's own,
 * those of earlier runs included.
 *
 * @throws {Error} where the record in the workspace is not what this job wrote
 */
function listsFor({ record, key, files, earlier, checksumsName }) {
    const said = (0,record_text/* parseRecord */.Hh)(record, key);
    if (said === undefined)
        throw new Error('it was changed since this step wrote it');
    const known = new Map(said.own.map((one) => [one.place, one]));
    const own = files.map(({ name, place, sha256 }) => (0,record_text/* listed */.KE)(name, sha256, JSON.parse(known.get(place)?.text ?? '{}')));
    const digests = new Map([...earlier, ...own].map(({ place, sha256 }) => [place, sha256]));
    const checksums = contentOfText((0,files_checksums/* formatChecksums */.s)(digests), 'text/plain');
    const all = { earlier, own: [...own, (0,record_text/* listed */.KE)(checksumsName, checksums.sha256)], isComplete: true };
    return {
        checksums,
        record: contentOfText((0,record_text/* formatRecord */.bM)(statementIn(record), all, key), 'application/json'),
    };
}
/** What a record says besides its files, with every digit. */
function statementIn(record) {
    const value = (0,mapping/* toSendable */.Wh)((0,json/* parseJson */.qF)(record));
    const details = (0,members/* member */.Dc)(value, 'runDetails');
    const others = (0,members/* listIn */.Of)((0,members/* member */.Dc)(details, 'byproducts')).filter((one) => (0,members/* member */.Dc)(one, 'digest') === undefined);
    return {
        definition: (0,canonical/* canonicalJson */.d)((0,members/* member */.Dc)(value, 'buildDefinition')),
        builder: (0,canonical/* canonicalJson */.d)((0,members/* member */.Dc)(details, 'builder')),
        metadata: (0,canonical/* canonicalJson */.d)((0,members/* member */.Dc)(details, 'metadata')),
        others: others.map(canonical/* canonicalJson */.d),
    };
}

// EXTERNAL MODULE: ./build/release/names.js
var release_names = __webpack_require__(8898);
// EXTERNAL MODULE: ./build/release/owned.js
var release_owned = __webpack_require__(5403);
;// CONCATENATED MODULE: ./build/release/put.js



/**
 * Sees to it that an asset of these bytes is there, under this name.
 *
 * @param assets What the release had when it was looked at last.
 * @throws {GithubError} of code {@link TAKEN} where somebody else had the same name in mind; or the signal's reason
 */
async function put(one, assets, context) {
    return take(one, await stage(one, assets, context), assets, context);
}
/** The first half of {@link put}: they are there, under the name, or beside another asset that has it. */
async function stage(one, assets, context) {
    const { releases, signal } = context;
    const { name } = one;
    const there = assets.find((asset) => asset.name === name);
    const part = assets.find((asset) => asset.name === (0,release_names/* partName */.pn)(name, one.content.sha256));
    if (there !== undefined && (await isSame(there, one, context))) {
        if (part !== undefined)
            await releases.remove(part, signal);
        return { asset: there, isKept: true };
    }
    if (part !== undefined && (await isSame(part, one, context)))
        return { asset: part, isKept: false };
    if (part !== undefined)
        await releases.remove(part, signal);
    // What is not whole has the name all the same, and goes when GitHub says that it is taken.
    const asset = await upload(one, there?.isWhole === true ? (0,release_names/* partName */.pn)(name, one.content.sha256) : name, context);
    return { asset, isKept: false };
}
/** The second half: they have the name, and what had it is gone. */
async function take(one, { asset, isKept }, assets, context) {
    const { releases, signal } = context;
    const { name, label } = one;
    if (asset.name === name)
        return { asset, isKept };
    const there = assets.find((other) => other.name === name);
    if (there !== undefined)
        await releases.remove(there, signal);
    try {
        const renamed = await releases.rename(asset, { name, label }, (own) => lookFor(one, name, context, own), signal);
        if (renamed.name === name)
            return { asset: renamed, isKept };
    }
    catch (error) {
        if (!(error instanceof release_errors/* GithubError */.E) || error.type !== 'refused')
            throw error;
    }
    // Whatever keeps it from being renamed: now that nothing has the name, it can be uploaded under it.
    const again = await upload(one, name, context);
    await releases.remove(asset, signal);
    return { asset: again, isKept };
}
async function upload(one, name, context) {
    const { releases, release, underWay, signal } = context;
    const { label, content } = one;
    underWay.add(name);
    try {
        return await releases.upload(release, { name, label, content, check: (asset) => checkArrived(asset, one, name, context) }, (own) => lookFor(one, name, context, own), signal);
    }
    finally {
        if (!signal.aborted)
            underWay.delete(name);
    }
}
/** GitHub says what it got. What is not right is worth another try, but must not lie there until then. */
async function checkArrived(asset, one, name, context) {
    const { releases, signal } = context;
    const { bytes, sha256 } = one.content;
    const isRight = asset.isWhole && asset.bytes === bytes && (asset.sha256 ?? sha256) === sha256;
    if (asset.name === name && isRight)
        return;
    await releases.remove(asset, signal);
    if (asset.name !== name) {
        throw new release_errors/* GithubError */.E('refused', (0,inert/* inert */.tJ) `GitHub calls ${name} ${asset.name}, so that nobody would find it. It was removed.`);
    }
    throw new release_errors/* GithubError */.E('passing', (0,inert/* inert */.tJ) `What GitHub has of ${name} are other bytes than were sent. It was removed.`);
}
/** What became of a try whose answer was lost or refused. What is not whole is removed. */
async function lookFor(one, name, context, signal) {
    const { releases, release } = context;
    const there = (await releases.assets(release, signal)).find((asset) => asset.name === name);
    if (there === undefined)
        return undefined;
    if (await isSame(there, one, { ...context, signal }))
        return there;
    if (there.isWhole && !context.replaceable.has(there.id))
        throw taken([name]);
    await releases.remove(there, signal);
    return undefined;
}
/** What an error is called of two who attach at one time. */
const TAKEN = 'taken';
/** The error for names that somebody else gave away meanwhile. */
function taken(names) {
    return new release_errors/* GithubError */.E('refused', (0,inert/* inert */.tJ) `Another job or step attached another ${(0,inert/* someOf */.yU)(names, 5)} while this one ran. Nothing was replaced. Let one of them attach to the release, or have the workflow call its files otherwise.`, { code: TAKEN });
}
async function isSame(asset, { content }, { releases, signal }) {
    if (!asset.isWhole || asset.bytes !== content.bytes)
        return false;
    return (asset.sha256 ?? (await releases.digest(asset, signal))) === content.sha256;
}

;// CONCATENATED MODULE: ./build/release/refuse.js




/** GitHub takes fewer bytes than that in one asset (docs.github.com, "About releases"). */
const TOO_LARGE = 2 * 1024 ** 3;
/**
 * Looks for what keeps any of it from being attached, before any of it is. Returns the names that are to be replaced.
 *
 * @param seen What was there before the run, by id.
 */
async function refuse(files, lists, there, seen, owned, digestOf) {
    const named = (of) => (0,inert/* someOf */.yU)(of.map(({ name }) => name), MOST_NAMED);
    const large = files.filter(({ content }) => content.bytes >= TOO_LARGE);
    if (large.length > 0)
        throw refusedAs((0,inert/* inert */.tJ) `GitHub takes assets of less than 2 GiB, which ${named(large)} ${large.length === 1 ? 'is' : 'are'} not. Leave out by \`pattern\` what is larger.`);
    const empty = files.filter(({ content }) => content.bytes === 0);
    if (empty.length > 0)
        throw refusedAs((0,inert/* inert */.tJ) `GitHub takes no empty assets, and ${named(empty)} is empty. Leave it out by \`pattern\`.`);
    const byName = new Map(there.map((asset) => [asset.name, asset]));
    const isOther = await Promise.all(files.map(async ({ name, content }) => {
        const asset = byName.get(name);
        return asset?.isWhole === true && (asset.sha256 ?? (await digestOf(asset))) !== content.sha256;
    }));
    const others = files.filter((_, index) => isOther[index]);
    const isOwn = await Promise.all(others.map(async ({ name }) => isOwned(byName.get(name), owned)));
    const strangers = others.filter((_, index) => isOwn[index] === false);
    if (strangers.length > 0) {
        throw refusedAs((0,inert/* inert */.tJ) `The release has ${named(strangers)} already, and no record there that this api-key signed lists it as it is, so it is not this action's. Nothing was replaced. Remove it from the release first, or leave the file out by \`pattern\`.`);
    }
    const newcomers = others.filter(({ name }) => !seen.has(byName.get(name)?.id ?? 0));
    if (newcomers.length > 0)
        throw taken(newcomers.map(({ name }) => name));
    const all = [...files, ...lists];
    const fresh = all.filter(({ name }) => !byName.has(name)).length;
    // What is replaced has two assets for a while, and so has the record.
    if (there.length + fresh + 1 > find/* MOST_ASSETS */.Cb) {
        throw refusedAs((0,inert/* inert */.tJ) `A release has room for ${find/* MOST_ASSETS */.Cb} assets; it has ${there.length}, and ${fresh + 1} more would be attached. Attach an archive of them instead, or fewer by \`pattern\`.`);
    }
    return others.map(({ name }) => name);
}
async function isOwned(asset, owned) {
    return asset !== undefined && owned.has(asset);
}
const MOST_NAMED = 5;
function refusedAs(message) {
    return new release_errors/* GithubError */.E('refused', message);
}

;// CONCATENATED MODULE: ./build/release/attach.js
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














/** Uploads at one time: GitHub has a limit for those who make many at once. */
const UPLOADS_AT_ONCE = 4;
/**
 * Attaches files to a release, and the two lists of them. Assets are whole or not there; what is there already is not sent
 * again, so that a second run ends what a first one began; one of the same name is replaced once the new one is whole, and
 * only where a record at the release says that this action attached it. Never throws.
 *
 * The record goes first, as it does in a folder: whose an asset is, is known however far this comes. The list of digests
 * goes last, so that whatever it lists is there.
 *
 * @param record The record in the workspace, as text.
 * @param found The release, and what it had before the run: what came meanwhile is somebody else's.
 * @param again What a second run is to be given, to end what this one began.
 * @param onAttached Told what is attached by now, whenever that is more.
 */
async function attach(files, record, names, { release, assets: before }, again, context, onAttached) {
    const { releases, key, disk, clock, signal } = context;
    const fileNames = (0,release_names/* assetNames */.PB)(files.map(({ place }) => place));
    const wanted = files.map((file, index) => toPlace(file, fileNames[index] ?? file.place, disk));
    const done = new Map();
    const underWay = new Set();
    let sumsName = names.checksums;
    let kept = 0;
    let replaced = [];
    let mended = [];
    let claim;
    /** What was there as a part when this began: whoever is at work now made theirs later, or is done by the end. */
    let stale = new Set();
    function attached({ name, content: { bytes, sha256 } }, { asset: { url }, isKept }) {
        if (isKept)
            kept += 1;
        done.set(name, { name, url, bytes, sha256 });
        onAttached(result(undefined).assets);
    }
    const result = (problem) => ({
        assets: [...fileNames, sumsName, names.record].flatMap((name) => done.get(name) ?? []),
        kept,
        replaced,
        mended,
        problem,
    });
    const toPut = (there) => {
        return { releases, release, underWay, replaceable: new Set(there.map(({ id }) => id)), signal };
    };
    /** The release as it is now, and the lists that it is to have. */
    async function look() {
        const all = await releases.assets(release, signal);
        const owned = await (0,release_owned/* readOwned */.A)(all.filter(({ id }) => id !== claim?.id), releases, key, signal);
        mended = [...mended, ...(await mend(all, fileNames, owned, releases, signal))];
        const there = mended.length === 0 ? all : await releases.assets(release, signal);
        const foreign = there.find(({ name, isWhole }) => isWhole && name === names.checksums);
        sumsName = foreign === undefined || (await owned.has(foreign)) ? names.checksums : `cyberun-${names.checksums}`;
        const earlier = await earlierOf(there, new Set([...fileNames, sumsName, names.record]), owned);
        const toList = wanted.map(({ name, content: { sha256 }, place }) => ({ name, place, sha256 }));
        const lists = listsFor({ record, key, files: toList, earlier, checksumsName: sumsName });
        const listing = { name: names.record, label: '', content: lists.record };
        const sums = { name: sumsName, label: '', content: lists.checksums };
        return { there, owned, listing, sums };
    }
    /** Removes what nobody needs any more: our claim, and what killed runs left of names that are ours. */
    async function clear(there) {
        const ours = new Set([...fileNames, sumsName, names.record]);
        const left = there.filter(({ id, name }) => id === claim?.id || (stale.has(id) && ours.has((0,release_names/* nameOfPart */.s6)(name) ?? '')));
        await Promise.all(left.map((one) => releases.remove(one, signal)));
    }
    /** Others may write the same lists at the same time: then each writes what the other did, too. */
    async function seal() {
        const backoff = (0,retry/* createBackoff */.lF)(clock, 500, 5_000);
        for (let tries = 1;; tries += 1) {
            try {
                const { there, listing, sums } = await look();
                const sealed = [await put(sums, there, toPut(there)), await put(listing, there, toPut(there))];
                attached(sums, sealed[0]);
                attached(listing, sealed[1]);
                await clear(there.filter(({ id }) => !sealed.some(({ asset }) => asset.id === id)));
                return;
            }
            catch (error) {
                if (!isOfOthers(error) || tries === MOST_SEALS)
                    throw error;
                await (0,base_clock/* sleep */.yy)(clock, backoff.next(), signal);
            }
        }
    }
    try {
        const { there, owned, listing, sums } = await look();
        stale = new Set(there.flatMap(({ id, name }) => ((0,release_names/* nameOfPart */.s6)(name) === undefined ? [] : id)));
        const seen = new Set(before.map(({ id }) => id));
        const digestOf = (asset) => releases.digest(asset, signal);
        replaced = await refuse(wanted, [sums, listing], there, seen, owned, digestOf);
        const isThere = there.some(({ name, sha256 }) => name === names.record && sha256 === listing.content.sha256);
        if (!isThere)
            claim = (await put(claimOf(listing), there, toPut(there))).asset;
        const limit = (0,p_limit/* default */.A)(UPLOADS_AT_ONCE);
        let failure;
        await Promise.all(wanted.map((one) => limit(async () => {
            // What one waited for in vain, hundreds after it would, too. Those under way may still arrive.
            if (failure !== undefined)
                return;
            try {
                attached(one, await put(one, there, toPut(there)));
            }
            catch (reason) {
                failure ??= { reason };
            }
        })));
        if (failure !== undefined)
            throw failure.reason;
        await seal();
        return result(undefined);
    }
    catch (error) {
        await tidy(claim, names.record, toPut([]), clock);
        if (signal.aborted)
            return result((0,errors/* asRunError */.S)('aborted', signal.reason));
        return result(problemFor(error, done.size, wanted.length + 2, release, again));
    }
}
/** Whether somebody else had the same name in mind, or removed what was just listed. */
function isOfOthers(error) {
    return error instanceof release_errors/* GithubError */.E && (error.code === TAKEN || error.status === 404);
}
/** How often lists are written, while others write them as well. */
const MOST_SEALS = 6;
/** The record, under a name that nobody else has, until there is all that it lists. */
function claimOf({ name, content }) {
    return { name: (0,release_names/* partName */.pn)(name, content.sha256), label: '', content };
}
/**
 * Gives what a run left that was killed while it replaced something the name that it was to have, if nothing has that.
 * Returns the names.
 */
async function mend(there, own, owned, releases, signal) {
    const names = new Set([...own, ...there.map(({ name }) => name)]);
    const left = there.flatMap((asset) => {
        const name = (0,release_names/* nameOfPart */.s6)(asset.name);
        return name === undefined || names.has(name) || (0,files_names/* isListName */.mt)(name) ? [] : [{ asset, name }];
    });
    const mended = await Promise.all(left.map(async ({ asset, name }) => {
        if ((await owned.listed(asset)) === undefined)
            return [];
        await releases.rename(asset, { name, label: '' }, async () => undefined, signal);
        return [name];
    }));
    return mended.flat();
}
function toPlace(file, name, disk) {
    const { place, mediaType = 'application/octet-stream' } = file;
    return { name, place, label: place === name ? '' : place, content: contentOfFile(disk, { ...file, mediaType }) };
}
/** What earlier runs attached, and this one does not. */
async function earlierOf(there, own, owned) {
    const others = there.filter(({ name }) => !own.has(name) && (0,release_names/* nameOfPart */.s6)(name) === undefined);
    return (await Promise.all(others.map(owned.listed))).filter((line) => line !== undefined);
}
function problemFor(error, attached, wanted, release, again) {
    const { tag } = release;
    const isVanished = error instanceof release_errors/* GithubError */.E && error.status === 404;
    const isImmutable = error instanceof release_errors/* GithubError */.E && error.status === 422 && /immutable/i.test(error.message);
    const why = isVanished
        ? (0,inert/* inert */.tJ) `The release is not there any more. Create it again.`
        : isImmutable
            ? (0,find/* immutable */.HA)(release)
            : (0,errors/* messageFor */.XW)(error);
    const so = attached === 0
        ? (0,inert/* inert */.tJ) `Nothing was attached to the release ${tag}.`
        : (0,inert/* inert */.tJ) `Only ${attached} of ${(0,inert/* amount */.vj)(wanted, 'asset')} are attached to the release ${tag}.`;
    const then = (0,inert/* inert */.tJ) `The files are in the workspace. To attach them, run this job again with ${again}: nothing that is attached is sent again.`;
    return new errors/* RunError */.e4('release', (0,inert/* joinInert */.T2)([so, why, then], ' '), error);
}
/** For removing what an abort left half-way, in milliseconds: the runner kills 7.5 s after its signal. */
const TIDY_LIMIT = 4_000;
/** GitHub notices a moment later that an upload is broken off, in milliseconds. */
const NOTICES = [200, 800];
/**
 * Removes uploads that were broken off, and gives the record its name where there is none, as far as there is time; what is
 * left then, the next run sees to. Never throws.
 */
async function tidy(claim, recordName, { releases, release, underWay }, clock) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const limit = __addDisposableResource(env_1, (0,base_clock/* timeLimit */.zc)(clock, new AbortController().signal, TIDY_LIMIT, () => new Error('there is no more time')), false);
        const { signal } = limit;
        try {
            let there = [];
            for (const wait of underWay.size === 0 ? [0] : NOTICES) {
                await (0,base_clock/* sleep */.yy)(clock, wait, signal);
                there = await releases.assets(release, signal);
                const broken = there.filter(({ name, isWhole }) => !isWhole && underWay.has(name));
                await Promise.all(broken.map((asset) => releases.remove(asset, signal)));
            }
            if (claim === undefined || there.some(({ name }) => name === recordName))
                return;
            await releases.rename(claim, { name: recordName, label: '' }, async () => undefined, signal);
        }
        catch {
            // It was a courtesy.
        }
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        __disposeResources(env_1);
    }
}


/***/ }),

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
