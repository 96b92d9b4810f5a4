export const id = 923;
export const ids = [923];
export const modules = {

/***/ 1923:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  unpack: () => (/* binding */ unpack)
});

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: ./build/base/errors.js
var errors = __webpack_require__(5145);
// EXTERNAL MODULE: ./build/base/inert.js
var inert = __webpack_require__(1996);
// EXTERNAL MODULE: ./build/base/ends.js
var ends = __webpack_require__(9472);
;// CONCATENATED MODULE: ./build/archive/errors.js



/** An archive that is not unpacked: refused for what is in it, broken, or one that the runner's own program failed on. */
class ArchiveError extends errors/* InertError */.x1 {
    name = 'ArchiveError';
}
/** The longest that an entry's name is shown, in UTF-16 code units. */
const LONGEST_NAME = 200;
/** An entry's name as errors have it. */
function quoted(name) {
    return (0,inert/* inert */.tJ) `"${(0,inert/* shorten */.ml)((0,inert/* inert */.tJ) `${name}`, LONGEST_NAME)}"`;
}
/**
 * The archive can be read, but is refused.
 *
 * @param what What it has that it must not have, to follow on "it has".
 */
function refused(what) {
    return new ArchiveError((0,inert/* inert */.tJ) `The archive is not unpacked, as it has ${what}. Nothing of it was unpacked. Have the workflow pack plain files and folders, or unpack the archive in a step of its own.`, undefined);
}
/**
 * The archive cannot be read.
 *
 * @param what What is wrong with it, as a clause.
 */
function broken(what, cause) {
    return new ArchiveError((0,inert/* inert */.tJ) `The archive is broken: ${(0,ends/* withoutEnd */.M)(what, /\./)}. Probably it was cut off or damaged when it was packed or stored, or its name says another kind than it is. Nothing of it was unpacked. Have the workflow pack it anew.`, cause);
}

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
;// CONCATENATED MODULE: ./build/archive/found.js





/**
 * Compares what lies in a folder with what the archive was to hold. So whatever another reader made of the same bytes, it is
 * what was checked, or it is refused. Files become what downloaded ones are: nobody's but ours to write, not to be executed.
 *
 * @returns The files, in the order of the archive.
 * @throws {ArchiveError} when anything else lies there, or something is missing or of another size; the signal's reason
 */
async function checkFound(folder, listed, signal) {
    // HFS+ has names in another Unicode form than they are given in.
    const expected = new Map(listed.map((entry) => [entry.path.normalize('NFC'), entry]));
    const found = new Map();
    const open = [''];
    for (let below = open.pop(); below !== undefined; below = open.pop()) {
        for (const name of await (0,promises_.readdir)((0,external_node_path_.join)(folder, below))) {
            signal.throwIfAborted();
            const path = below === '' ? name : `${below}/${name}`;
            const entry = expected.get(path.normalize('NFC'));
            if (entry === undefined)
                throw differs((0,inert/* inert */.tJ) `there is ${quoted(path)}, which it does not list`);
            if (found.has(entry))
                throw differs((0,inert/* inert */.tJ) `${quoted(path)} is there twice`);
            found.set(entry, path);
            await checkEntry((0,external_node_path_.join)(folder, path), entry);
            if (entry.bytes === undefined)
                open.push(path);
        }
    }
    const missing = listed.find((entry) => !found.has(entry));
    if (missing !== undefined)
        throw differs((0,inert/* inert */.tJ) `${quoted(missing.path)} is not there`);
    return listed.flatMap((entry) => entry.bytes === undefined ? [] : { path: found.get(entry) ?? entry.path, bytes: entry.bytes });
}
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;
async function checkEntry(path, entry) {
    const there = await (0,promises_.lstat)(path);
    const isRight = entry.bytes === undefined ? there.isDirectory() : there.isFile() && there.size === entry.bytes && there.nlink === 1;
    if (!isRight)
        throw differs((0,inert/* inert */.tJ) `${quoted(entry.path)} is another thing, or of another size`);
    // An archive may say that even we must not read it.
    const mode = entry.bytes === undefined ? (there.mode & FOLDER_MODE) | 0o700 : (there.mode & FILE_MODE) | 0o600;
    if ((there.mode & 0o7777) !== mode)
        await (0,promises_.chmod)(path, mode);
}
function differs(what) {
    return new ArchiveError((0,inert/* inert */.tJ) `What the runner's program unpacked is not what the archive lists: ${what}. Probably the two read it differently, or the file system takes no such name. Nothing of it was kept. Have the workflow pack it anew, with plain names.`, undefined);
}
/** What the disk says while an archive is unpacked, as an error that says so. */
function diskFault(error) {
    return new ArchiveError((0,inert/* inert */.tJ) `The archive could not be unpacked: ${(0,errors/* messageFor */.XW)(error)}. Nothing of it was kept. Make room on the runner's disk, or have the folder be one that it can write to.`, error);
}

// EXTERNAL MODULE: ./build/base/fold.js
var fold = __webpack_require__(5829);
;// CONCATENATED MODULE: ./build/archive/listing.js




/** What an archive may have, folders included, also those that only names of files tell of. */
const MOST_ENTRIES = 100_000;
/** In UTF-8 bytes. Some systems take 1024 for a whole path. */
const LONGEST_PATH = 800;
/** Of all paths together, in UTF-8 bytes: they are kept until the end. */
const LONGEST_PATHS = 16 * 1024 ** 2;
/** In UTF-8 bytes: what most file systems take. */
const LONGEST_COMPONENT = 255;
/** The most bytes that an archive of so many may become: a text compresses to a twentieth at best, a bomb to a thousandth. */
function mostExpanded(archiveBytes) {
    return Math.max(20 * archiveBytes, 1024 ** 3);
}
/** @param archiveBytes The size of the archive itself. */
function createListing(archiveBytes) {
    const known = new Map();
    const most = mostExpanded(archiveBytes);
    let added = 0;
    let expanded = 0;
    let named = 0;
    function place(listed) {
        named += Buffer.byteLength(listed.path);
        if (named > LONGEST_PATHS)
            throw refused((0,inert/* inert */.tJ) `names of more than ${LONGEST_PATHS / 1024 ** 2} MiB in all`);
        known.set((0,fold/* fold */.A)(listed.path), listed);
        if (known.size > MOST_ENTRIES)
            throw tooMany();
    }
    /** From the innermost on, up to the first one that is known: so many entries in deep folders cost no more than their names. */
    function placeFoldersOf(path) {
        for (let folder = external_node_path_.posix.dirname(path); folder !== '.'; folder = external_node_path_.posix.dirname(folder)) {
            const there = known.get((0,fold/* fold */.A)(folder));
            if (there === undefined)
                place({ path: folder, bytes: undefined });
            else if (there.bytes !== undefined)
                throw fileAndFolder(there.path);
            else if (there.path !== folder)
                throw sameName(there.path, folder);
            else
                return;
        }
    }
    return {
        add(name, bytes) {
            added += 1;
            if (added > MOST_ENTRIES)
                throw tooMany();
            const path = pathOf(name, bytes === undefined);
            if (path === undefined)
                return;
            expanded += bytes ?? 0;
            if (expanded > most)
                throw tooLarge(most);
            const there = known.get((0,fold/* fold */.A)(path));
            if (there === undefined)
                place({ path, bytes });
            else if ((there.bytes === undefined) !== (bytes === undefined))
                throw fileAndFolder(path);
            // A folder may be named after its files, and twice.
            else if (bytes !== undefined || there.path !== path)
                throw sameName(there.path, path);
            placeFoldersOf(path);
        },
        all: () => [...known.values()],
    };
}
/** More than {@link mostExpanded}. */
function tooLarge(most) {
    return refused((0,inert/* inert */.tJ) `more than ${Math.floor(most / 1024 ** 2)} MiB in it, which is 20 times its own size, or 1 GiB where that is more: the limit for what is unpacked`);
}
function tooMany() {
    return refused((0,inert/* inert */.tJ) `more than ${MOST_ENTRIES.toLocaleString('en-US')} entries`);
}
function fileAndFolder(path) {
    return refused((0,inert/* inert */.tJ) `an entry ${quoted(path)} that is a file and a folder`);
}
function sameName(one, other) {
    return refused((0,inert/* inert */.tJ) `two entries of one name, ${quoted(one)} and ${quoted(other)}: some file systems take upper and lower case, or two spellings in Unicode, for the same`);
}
/** The path that a name stands for; `undefined` for the folder itself, `./`, with which `tar -c .` begins. */
function pathOf(name, isFolder) {
    const reason = reasonAgainst(name);
    if (reason !== undefined)
        throw refused(reason);
    const parts = name.split('/');
    if (isFolder && parts.length > 1 && parts.at(-1) === '')
        parts.pop();
    if (parts.length > 1 && parts[0] === '.')
        parts.shift();
    if (isFolder && parts.length === 1 && parts[0] === '.')
        return undefined;
    if (parts.includes('..'))
        throw refused((0,inert/* inert */.tJ) `an entry ${quoted(name)} that leads out of its folder`);
    if (parts.includes('') || parts.includes('.'))
        throw refused((0,inert/* inert */.tJ) `an entry ${quoted(name)} with a part that is no name`);
    const long = parts.find((part) => Buffer.byteLength(part) > LONGEST_COMPONENT);
    if (long !== undefined)
        throw refused((0,inert/* inert */.tJ) `an entry ${quoted(name)} with a name of more than ${LONGEST_COMPONENT} bytes`);
    return parts.join('/');
}
/** Why a name is refused as a whole. The programs that unpack print names to the log, where one must not be a command. */
function reasonAgainst(name) {
    if (name === '')
        return (0,inert/* inert */.tJ) `an entry without a name`;
    if (Buffer.byteLength(name) > LONGEST_PATH) {
        return (0,inert/* inert */.tJ) `an entry with a path of more than ${LONGEST_PATH} bytes, ${quoted(name)}`;
    }
    if (name.includes('\\'))
        return (0,inert/* inert */.tJ) `an entry ${quoted(name)} with a backslash, which is a folder's end on Windows`;
    if (name.startsWith('/'))
        return (0,inert/* inert */.tJ) `an entry ${quoted(name)} with an absolute path`;
    if (/^[a-z]:/i.test(name))
        return (0,inert/* inert */.tJ) `an entry ${quoted(name)} with the letter of a drive`;
    if (/\p{Cc}/u.test(name) || (0,inert/* inert */.tJ) `${name}` !== name) {
        return (0,inert/* inert */.tJ) `an entry ${quoted(name)} with a name that a log cannot show as it is: control or invisible characters, a command of the runner, or what looks like a secret`;
    }
    return undefined;
}

// EXTERNAL MODULE: external "node:buffer"
var external_node_buffer_ = __webpack_require__(4573);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:stream/promises"
var external_node_stream_promises_ = __webpack_require__(6466);
// EXTERNAL MODULE: external "node:zlib"
var external_node_zlib_ = __webpack_require__(8522);
;// CONCATENATED MODULE: ./build/archive/cursor.js
function createCursor(chunks) {
    const more = chunks[Symbol.asyncIterator]();
    let chunk = Buffer.alloc(0);
    /** What is there of the next so many bytes, from the next chunk where this one is used up; none at the end. */
    async function some(length) {
        while (chunk.length === 0 && length > 0) {
            const { done, value } = await more.next();
            if (done)
                break;
            chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
        }
        const part = chunk.subarray(0, length);
        chunk = chunk.subarray(part.length);
        return part;
    }
    return {
        async take(length) {
            const parts = [await some(length)];
            let left = length - (parts[0]?.length ?? 0);
            while (left > 0) {
                const part = await some(left);
                if (part.length === 0)
                    break;
                parts.push(part);
                left -= part.length;
            }
            return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
        },
        async skip(length) {
            let left = length;
            while (left > 0) {
                const part = await some(left);
                if (part.length === 0)
                    break;
                left -= part.length;
            }
            return length - left;
        },
    };
}

;// CONCATENATED MODULE: ./build/archive/pax.js



/** Change what an entry is: sparse files of GNU, and their likes of star; a link's target; the coding of names. */
const CHANGES = /^(?:GNU\..*|SCHILY\.(?:realsize|offset|filetype)|linkpath|hdrcharset)$/;
/**
 * The records of a PAX header: `LENGTH KEY=VALUE`, each with a line break at its end, LENGTH counting all of it. A reader that
 * passes over one that it does not understand sees another archive than one that does, so all have to be whole, and none twice.
 *
 * @throws {ArchiveError} when one is broken, or changes what an entry is
 */
function readRecords(text) {
    const records = new Map();
    for (let rest = text; rest.length > 0;) {
        const digits = /^[1-9]\d{0,6} /.exec(rest.toString('latin1', 0, 8))?.[0];
        const record = rest.subarray(0, Number(digits ?? 0));
        const body = record.subarray(digits?.length ?? 0, -1);
        const equals = body.indexOf('=');
        if (record.length !== Number(digits) || record.at(-1) !== LINE_BREAK || equals < 1) {
            throw broken((0,inert/* inert */.tJ) `a PAX header before an entry cannot be read`);
        }
        const key = body.toString('latin1', 0, equals);
        if (CHANGES.test(key))
            throw refused((0,inert/* inert */.tJ) `an entry that is sparse, a link, or not named in UTF-8 (PAX record ${quoted(key)})`);
        if (records.has(key))
            throw refused((0,inert/* inert */.tJ) `an entry of which a PAX header says ${quoted(key)} twice`);
        records.set(key, TEXTS.has(key) ? textOf(body.subarray(equals + 1)) : '');
        rest = rest.subarray(record.length);
    }
    return records;
}
const LINE_BREAK = 10;
/** Those that are read; values of others may be of bytes. */
const TEXTS = new Set(['path', 'size']);
function textOf(value) {
    if (!(0,external_node_buffer_.isUtf8)(value))
        throw refused((0,inert/* inert */.tJ) `an entry ${quoted(value.toString())} whose name is not in UTF-8`);
    return value.toString();
}
/** The entry's name, where the records say one. */
function pathIn(records) {
    return records.get('path');
}
/**
 * The entry's size, where the records say one.
 *
 * @throws {ArchiveError} when it is no number
 */
function sizeIn(records) {
    const size = records.get('size');
    if (size !== undefined && !/^\d{1,15}$/.test(size))
        throw broken((0,inert/* inert */.tJ) `the size of an entry is no number`);
    return size === undefined ? undefined : Number(size);
}

;// CONCATENATED MODULE: ./build/archive/tar.js









/** In bytes; what is read at once. */
const CHUNK = 1024 * 1024;
/**
 * Lists a tar archive, as it is or in gzip, without keeping more of it than a header.
 *
 * Every block is decoded by node-tar, but the way from one to the next is ours: what a parser passes over (the size of a folder,
 * a record it cannot read, what follows the end) is where another one may see other entries. So a block has to be written in
 * the one way that all readers agree on.
 *
 * @param bytes The size of the file.
 * @throws {ArchiveError} when it is broken or ambiguous, expands to too much, or has what `listing` refuses; the signal's reason
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
 */
async function listTar(archive, kind, bytes, listing, signal) {
    const read = (chunks) => listEntries(createCursor(within(chunks, bytes, signal)), listing);
    const file = (0,external_node_fs_.createReadStream)(archive, { highWaterMark: CHUNK });
    if (kind === 'tar')
        return (0,external_node_stream_promises_.pipeline)(file, read);
    const gunzip = (0,external_node_zlib_.createGunzip)({ chunkSize: CHUNK });
    await (0,external_node_stream_promises_.pipeline)(file, gunzip, read);
    // zlib ends at what is no further member, and says nothing of it.
    if (gunzip.bytesWritten !== bytes)
        throw broken((0,inert/* inert */.tJ) `something follows the end of its gzip stream`);
}
/** The same chunks, as long as nobody aborts, and they are no more than the archive may expand to. */
async function* within(chunks, bytes, signal) {
    const most = mostExpanded(bytes);
    let sum = 0;
    for await (const chunk of chunks) {
        signal.throwIfAborted();
        sum += chunk.byteLength;
        if (sum > most)
            throw tooLarge(most);
        yield chunk;
    }
}
const BLOCK = 512;
/** Of what stands before an entry: its long name, or records about it. In bytes. */
const LONGEST_HEADER = 1024 * 1024;
async function listEntries(cursor, listing) {
    const { Header } = await __webpack_require__.e(/* import() */ 532).then(__webpack_require__.bind(__webpack_require__, 6532));
    let ahead;
    for (let block = await cursor.take(BLOCK); !isZero(block); block = await cursor.take(BLOCK)) {
        if (block.length < BLOCK)
            throw broken((0,inert/* inert */.tJ) `it ends before its end is marked`);
        const size = checkBlock(block);
        const header = new Header(block);
        if (!header.cksumValid)
            throw broken((0,inert/* inert */.tJ) `a header of an entry has another checksum`);
        const { type, path = '' } = header;
        if (type === 'ExtendedHeader' || type === 'NextFileHasLongPath' || type === 'GlobalExtendedHeader') {
            // Which of two counts, and for what, readers decide differently.
            if (ahead !== undefined)
                throw refused((0,inert/* inert */.tJ) `two headers before one entry, ${quoted(ahead.name ?? path)}`);
            const text = await readText(cursor, size);
            if (type === 'GlobalExtendedHeader') {
                checkGlobal(text);
                continue;
            }
            ahead = type === 'ExtendedHeader' ? aheadBy(readRecords(text)) : { name: longName(text) };
            continue;
        }
        await listEntry(cursor, listing, { type, name: ahead?.name ?? path, size: sizeOf(ahead, size) });
        ahead = undefined;
    }
    if (ahead !== undefined)
        throw broken((0,inert/* inert */.tJ) `it ends behind a header, without the entry that it tells of`);
    await checkEnd(cursor);
}
async function listEntry(cursor, listing, entry) {
    const { type, name, size } = entry;
    if (type !== 'File' && type !== 'OldFile' && type !== 'Directory') {
        throw refused((0,inert/* inert */.tJ) `an entry ${quoted(name)} that is neither a file nor a folder: ${TYPES.get(type ?? '') ?? 'of an unknown type'}`);
    }
    // Before there was a type for folders, the slash said it.
    const isFolder = type === 'Directory' || name.endsWith('/');
    if (isFolder && size > 0)
        throw refused((0,inert/* inert */.tJ) `a folder with data, ${quoted(name)}`);
    listing.add(name, isFolder ? undefined : size);
    await skip(cursor, size);
}
const TYPES = new Map([
    ['SymbolicLink', 'a symbolic link'],
    ['Link', 'a hard link'],
    ['NextFileHasLongLinkpath', 'a link with a long target'],
    ['CharacterDevice', 'a character device'],
    ['BlockDevice', 'a block device'],
    ['FIFO', 'a fifo'],
    ['SparseFile', 'a sparse file'],
]);
/** Magic and version, of POSIX and of GNU; nothing before either was. */
const POSIX = 'ustar\u000000';
const MAGICS = [POSIX, 'ustar  \u0000', '\u0000'.repeat(8)];
/** Returns the size that is written: for a folder's, node-tar says 0, whatever data follows. */
function checkBlock(block) {
    const magic = block.toString('latin1', 257, 265);
    if (!MAGICS.includes(magic))
        throw broken((0,inert/* inert */.tJ) `a header is none of tar`);
    if (!(0,external_node_buffer_.isUtf8)(fieldOf(block, 0, 100)) || (magic === POSIX && !(0,external_node_buffer_.isUtf8)(fieldOf(block, 345, 155)))) {
        throw refused((0,inert/* inert */.tJ) `an entry ${quoted(fieldOf(block, 0, 100).toString())} whose name is not in UTF-8`);
    }
    const size = block.subarray(124, 136);
    // In base 256, as far as a double holds it exactly.
    if (size[0] === 0x80 && size.readUIntBE(1, 5) === 0 && size.readUIntBE(5, 1) < 0x20)
        return Number(size.readBigUInt64BE(4));
    const digits = /^ *([0-7]+)[ \0]*$/.exec(size.toString('latin1'))?.[1];
    if (digits === undefined)
        throw broken((0,inert/* inert */.tJ) `the size of an entry is no number`);
    return Number.parseInt(digits, 8);
}
/** A text in a header, up to its end. */
function fieldOf(block, start, length) {
    const field = block.subarray(start, start + length);
    const end = field.indexOf(0);
    return end === -1 ? field : field.subarray(0, end);
}
async function readText(cursor, size) {
    if (size > LONGEST_HEADER)
        throw refused((0,inert/* inert */.tJ) `a header of more than ${LONGEST_HEADER} bytes before an entry`);
    const text = await cursor.take(size);
    if (text.length < size)
        throw broken((0,inert/* inert */.tJ) `it ends within a header`);
    await skip(cursor, 0, size);
    return text;
}
/** GNU's long name, with a zero at its end, or without. */
function longName(text) {
    const name = text.at(-1) === 0 ? text.subarray(0, -1) : text;
    if (name.includes(0) || !(0,external_node_buffer_.isUtf8)(name))
        throw refused((0,inert/* inert */.tJ) `an entry ${quoted(name.toString())} whose name is not in UTF-8`);
    return name.toString();
}
function aheadBy(records) {
    const name = pathIn(records);
    const size = sizeIn(records);
    return { ...(name === undefined ? {} : { name }), ...(size === undefined ? {} : { size }) };
}
/** GNU tar and Go honour a path or size for all that follows, node-tar and Python do not. git writes a comment. */
function checkGlobal(text) {
    const records = readRecords(text);
    if (pathIn(records) !== undefined || sizeIn(records) !== undefined) {
        throw refused((0,inert/* inert */.tJ) `a header that gives all entries one name or size`);
    }
}
/** What a header has no room for is 0 in it, or the lower part; all else has to be said twice alike. */
function sizeOf(ahead, size) {
    if (ahead?.size === undefined || ahead.size === size)
        return size;
    if (ahead.size < 8 ** 11)
        throw refused((0,inert/* inert */.tJ) `an entry of which two headers say different sizes`);
    return ahead.size;
}
/** Passes over data, and what fills its last block. */
async function skip(cursor, size, before = 0) {
    const length = size + ((BLOCK - ((size + before) % BLOCK)) % BLOCK);
    if ((await cursor.skip(length)) < length)
        throw broken((0,inert/* inert */.tJ) `it ends within an entry`);
}
/** After one block of zeros there is another; GNU tar stops there, others read on, so nothing may follow. */
async function checkEnd(cursor) {
    const second = await cursor.take(BLOCK);
    if (second.length < BLOCK || !isZero(second))
        throw broken((0,inert/* inert */.tJ) `its end is not marked by two empty blocks`);
    for (let rest = await cursor.take(BLOCK); rest.length > 0; rest = await cursor.take(BLOCK)) {
        if (!isZero(rest))
            throw refused((0,inert/* inert */.tJ) `something behind its end`);
    }
}
const ZEROS = Buffer.alloc(BLOCK);
/** Nothing at all is not. */
function isZero(block) {
    return block.length > 0 && block.equals(ZEROS.subarray(0, block.length));
}

// EXTERNAL MODULE: ./build/base/clock.js
var clock = __webpack_require__(2030);
;// CONCATENATED MODULE: ./build/archive/tool.js
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





/** How long the runner's program may take: ten times what 20 GB take on a slow disk. */
const LONGEST_RUN = 60 * 60_000;
/**
 * Unpacks by the runner's own `unzip`, `tar` or PowerShell, whose command and words go to the log.
 *
 * Nobody can tell that program to stop: after an abort or the limit it goes on until it is done, with no more than was
 * listed, into a folder that nobody looks at any more.
 *
 * @throws {ArchiveError} when the program is missing, fails, or takes too long; the signal's reason
 */
async function runTool(kind, archive, folder, context) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        checkQuotes(kind, [archive, folder], external_node_path_.sep);
        const { extractTar, extractZip } = await __webpack_require__.e(/* import() */ 805).then(__webpack_require__.bind(__webpack_require__, 9805));
        const limit = __addDisposableResource(env_1, (0,clock/* timeLimit */.zc)(context.clock, context.signal, LONGEST_RUN, tooLong), false);
        limit.signal.throwIfAborted();
        // `o`: as whoever unpacks, not as whom the archive names, which a container's root could do.
        const work = kind === 'zip' ? extractZip(archive, folder) : extractTar(archive, folder, kind === 'tgz' ? 'xzo' : 'xo');
        const { promise, resolve, reject } = Promise.withResolvers();
        const forget = (0,clock/* onAbort */.u7)(limit.signal, () => reject(limit.signal.reason));
        work
            .then(() => resolve(), (error) => reject(toolFault(error, kind)))
            .finally(forget);
        await promise;
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        __disposeResources(env_1);
    }
}
/**
 * PowerShell, which unpacks zip on Windows, takes typographic quotes for its own; tool-cache doubles the plain one alone.
 *
 * @throws {ArchiveError} when a path has one, on Windows
 */
function checkQuotes(kind, paths, separator) {
    if (kind !== 'zip' || separator !== '\\' || !paths.some((path) => /[\u2018-\u201f]/.test(path)))
        return;
    throw new ArchiveError((0,inert/* inert */.tJ) `The archive is not unpacked, as a folder on the way to it has a typographic quote in its name, with which PowerShell would end the path. Choose another path.`, undefined);
}
function tooLong() {
    return new ArchiveError((0,inert/* inert */.tJ) `The archive was not unpacked within ${LONGEST_RUN / 60_000} minutes: the runner's disk is probably too slow, or gone. Try again on another runner, or unpack the archive in a step of its own.`, undefined);
}
function toolFault(error, kind) {
    const said = (0,errors/* messageFor */.XW)(error);
    const name = kind === 'zip' ? (external_node_path_.sep === '\\' ? 'powershell' : 'unzip') : 'tar';
    if (/^Unable to locate executable file/.test(said)) {
        return new ArchiveError((0,inert/* inert */.tJ) `The archive was not unpacked, as the runner has no ${name}: GitHub's own runners do, others need it installed. Install ${name} there, or in a step before this one (\`apt-get install ${name}\`).`, error);
    }
    return new ArchiveError((0,inert/* inert */.tJ) `The archive was not unpacked: ${said}. What the program said is in the log. Probably the disk is full, a name is none that its file system takes, or the program misses a part (tar needs gzip). Nothing of it was kept.`, error);
}

;// CONCATENATED MODULE: ./build/archive/window.js
/** Bytes that are read at once. */
const SIZE = 256 * 1024;
function createWindow(file) {
    let kept = Buffer.alloc(0);
    let start = 0;
    return {
        async read(length, position) {
            const from = position - start;
            if (from >= 0 && from + length <= kept.length)
                return kept.subarray(from, from + length);
            const buffer = Buffer.alloc(Math.max(length, SIZE));
            const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
            if (bytesRead < length)
                throw new Error('it ends before what it says is in it');
            kept = buffer.subarray(0, bytesRead);
            start = position;
            return kept.subarray(0, length);
        },
    };
}

;// CONCATENATED MODULE: ./build/archive/zip-end.js


/** The records at the end, as long as they are: of an entry without its texts, of the end, of zip64's, and of where that is. */
const RECORD = 46;
const END = 22;
const END64 = 56;
const LOCATOR = 20;
/** Their beginnings. */
const IS_END64 = 0x06064b50;
const IS_LOCATOR = 0x07064b50;
/** Stands where a number is to be read in zip64's record. */
const IN_ZIP64 = [0xffff, 0xffff_ffff];
/** How many bytes of the directory an entry has. */
function recordSize({ fileNameLength, extraFieldLength, fileCommentLength }) {
    return RECORD + fileNameLength + extraFieldLength + fileCommentLength;
}
/**
 * Where the directory begins, if it and the records of its end fill the rest of the file.
 *
 * yauzl finds the end's record as unzip does, from behind; it goes by the one of zip64 wherever there is one, unzip only where
 * the other one has no room, so they must not differ.
 *
 * @param bytes The size of the file.
 * @param directory What its entries are together.
 * @throws {ArchiveError} when they differ, or something is before or behind the directory
 */
async function directoryStart(window, zip, bytes, directory) {
    const { size, count } = directory;
    const at = bytes - END - zip.comment.length;
    const end = await window.read(END, at);
    const locator = at < LOCATOR ? undefined : await window.read(LOCATOR, at - LOCATOR);
    const isZip64 = locator?.readUInt32LE() === IS_LOCATOR;
    const start = (isZip64 ? at - LOCATOR - END64 : at) - size;
    // This disk, that of the directory, entries on it and in all; the directory's size and place.
    const found = [end.readUInt16LE(4), end.readUInt16LE(6), end.readUInt16LE(8), end.readUInt16LE(10)];
    found.push(end.readUInt32LE(12), end.readUInt32LE(16));
    const expected = [0, 0, count, count, size, start];
    if (!found.every((value, index) => value === expected[index] || (isZip64 && IN_ZIP64.includes(value))))
        throw disagrees();
    if (isZip64)
        await checkEnd64(window, locator, at - LOCATOR - END64, [count, count, size, start]);
    return start;
}
async function checkEnd64(window, locator, at, expected) {
    if (at < 0)
        throw disagrees();
    const end = await window.read(END64, at);
    const found = [24, 32, 40, 48].map((offset) => Number(end.readBigUInt64LE(offset)));
    const disks = [locator.readUInt32LE(4), end.readUInt32LE(16), end.readUInt32LE(20)];
    const isWhole = end.readUInt32LE() === IS_END64 && Number(end.readBigUInt64LE(4)) === END64 - 12;
    const isHere = Number(locator.readBigUInt64LE(8)) === at && disks.every((disk) => disk === 0);
    if (!isWhole || !isHere || !found.every((value, index) => value === expected[index]))
        throw disagrees();
}
/** What those say who go by the directory's end. */
function disagrees() {
    return broken((0,inert/* inert */.tJ) `its directory is not where its end says, is in several files, or has something before or behind it`);
}

;// CONCATENATED MODULE: ./build/archive/zip-entry.js



/** How an entry's data is kept: as it is, or by deflate. */
const STORED = 0;
const DEFLATED = 8;
/** Of the general purpose bits: sizes and checksum are behind the data. */
const DESCRIPTOR = 1 << 3;
/** Besides: how it was deflated (1, 2), a name in UTF-8 (11). */
const HARMLESS = (1 << 1) | (1 << 2) | DESCRIPTOR | (1 << 11);
/** Info-ZIP's extra field with the name in UTF-8, behind a version and a checksum, of 5 bytes. */
const UNICODE_PATH = 0x7075;
/** An entry's name as errors have it. */
function nameOf(entry) {
    return quoted(entry.fileNameRaw.toString());
}
/** Whether it is a folder: by the slash alone, which is what all readers go by. */
function isFolder({ fileNameRaw }) {
    return fileNameRaw.at(-1) === '/'.charCodeAt(0);
}
/**
 * An entry's name, once all else that the directory says of it is accepted.
 *
 * A name is UTF-8 if it can be, whatever the flag says: Debian's zip does not set it, and unzip takes the bytes of Unix as they are.
 *
 * @throws {ArchiveError} when it is encrypted, packed in a way that unzip may not know, a link, or named in another coding
 */
function checkedName(entry) {
    const { fileNameRaw: raw, generalPurposeBitFlag: flags, compressionMethod: method } = entry;
    const name = nameOf(entry);
    if (!(0,external_node_buffer_.isUtf8)(raw))
        throw refused((0,inert/* inert */.tJ) `an entry ${name} whose name is not in UTF-8`);
    if (entry.extraFields.some(({ id, data }) => id === UNICODE_PATH && !data.subarray(5).equals(raw))) {
        throw refused((0,inert/* inert */.tJ) `an entry ${name} with a second, different name`);
    }
    if (entry.isEncrypted())
        throw refused((0,inert/* inert */.tJ) `an encrypted entry, ${name}`);
    if ((flags & ~HARMLESS) !== 0)
        throw refused((0,inert/* inert */.tJ) `an entry ${name} that is encrypted, or a patch of another`);
    if (method !== STORED && method !== DEFLATED) {
        throw refused((0,inert/* inert */.tJ) `an entry ${name} that is compressed in another way than deflate (method ${method})`);
    }
    checkType(entry);
    return raw.toString();
}
const FILE_TYPE = 0o170000;
const FOLDER = 0o040000;
const FILE = 0o100000;
const zip_entry_TYPES = new Map([
    [0o120000, 'a symbolic link'],
    [0o020000, 'a character device'],
    [0o060000, 'a block device'],
    [0o010000, 'a fifo'],
    [0o140000, 'a socket'],
]);
/** unzip takes the upper half of the attributes for a mode of Unix, whatever system the directory names. */
function checkType(entry) {
    const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE;
    if (type !== 0 && type !== FOLDER && type !== FILE) {
        throw refused((0,inert/* inert */.tJ) `an entry ${nameOf(entry)} that is ${zip_entry_TYPES.get(type) ?? 'of an unknown type'}`);
    }
    const isOther = type !== 0 && (type === FOLDER) !== isFolder(entry);
    if (isOther || (isFolder(entry) && entry.uncompressedSize > 0)) {
        throw refused((0,inert/* inert */.tJ) `an entry ${nameOf(entry)} that is a file and a folder`);
    }
}

;// CONCATENATED MODULE: ./build/archive/zip-data.js





/** What is behind an entry's data: checksum and two sizes, of 4 or 8 bytes, with or without a signature. */
const DESCRIPTOR_SIZES = [12, 16, 20, 24];
/**
 * Reads each entry's header and data, in the order of the file, from its beginning to its directory.
 *
 * @param end Where the directory begins.
 * @throws {ArchiveError} when a header says anything else than the directory, the data is not what both say, or entries overlap
 *   or leave room between them; the signal's reason
 */
async function checkData(zip, window, entries, end, signal) {
    const inOrder = entries.toSorted((one, other) => one.relativeOffsetOfLocalHeader - other.relativeOffsetOfLocalHeader);
    let position = 0;
    for (const [index, entry] of inOrder.entries()) {
        signal.throwIfAborted();
        if (entry.relativeOffsetOfLocalHeader !== position)
            throw refused(gapAt(entry));
        const local = await zip.readLocalFileHeaderPromise(entry);
        if (!agrees(local, entry))
            throw refused((0,inert/* inert */.tJ) `an entry ${nameOf(entry)} of which two places say different things`);
        const dataEnd = local.fileDataStart + entry.compressedSize;
        position = inOrder[index + 1]?.relativeOffsetOfLocalHeader ?? end;
        const isNext = isOpen(entry) ? DESCRIPTOR_SIZES.includes(position - dataEnd) : position === dataEnd;
        if (!isNext)
            throw refused(gapAt(entry));
        await checkContent(zip, window, entry, local.fileDataStart, signal);
    }
    if (position !== end)
        throw disagrees();
}
function gapAt(entry) {
    return (0,inert/* inert */.tJ) `entries that overlap, or something between them that belongs to none, at ${nameOf(entry)}`;
}
/** Whether its sizes and checksum are behind the data, as nobody knew them when the header was written. */
function isOpen({ generalPurposeBitFlag }) {
    return (generalPurposeBitFlag & DESCRIPTOR) !== 0;
}
/** The field in which zip64 has sizes, and what stands in their place. */
const ZIP64 = 0x0001;
const zip_data_IN_ZIP64 = 0xffff_ffff;
function agrees(local, entry) {
    const { compressedSize, uncompressedSize } = sizesOf(local);
    const same = (value, known) => value === known || (isOpen(entry) && (value === 0 || value === zip_data_IN_ZIP64));
    return (local.fileName.equals(entry.fileNameRaw) &&
        local.generalPurposeBitFlag === entry.generalPurposeBitFlag &&
        local.compressionMethod === entry.compressionMethod &&
        same(local.crc32, entry.crc32) &&
        same(compressedSize, entry.compressedSize) &&
        same(uncompressedSize, entry.uncompressedSize));
}
/** A header before the data has both sizes in zip64's field, or neither. */
function sizesOf({ compressedSize, uncompressedSize, extraField }) {
    if (compressedSize !== zip_data_IN_ZIP64 && uncompressedSize !== zip_data_IN_ZIP64)
        return { compressedSize, uncompressedSize };
    for (let at = 0; at + 20 <= extraField.length; at += 4 + extraField.readUInt16LE(at + 2)) {
        if (extraField.readUInt16LE(at) !== ZIP64)
            continue;
        return {
            uncompressedSize: Number(extraField.readBigUInt64LE(at + 4)),
            compressedSize: Number(extraField.readBigUInt64LE(at + 12)),
        };
    }
    return { compressedSize, uncompressedSize };
}
/** What is inflated at once, in bytes, packed and unpacked: for each of many small files, a stream costs ten times that. */
const SMALL_PACKED = 256 * 1024;
const SMALL = 4 * 1024 * 1024;
async function checkContent(zip, window, entry, start, signal) {
    let sum = 0;
    if (entry.compressedSize <= SMALL_PACKED && entry.uncompressedSize <= SMALL) {
        const data = dataOf(entry, await window.read(entry.compressedSize, start));
        if (data.length !== entry.uncompressedSize)
            throw broken((0,inert/* inert */.tJ) `the data of ${nameOf(entry)} is less than it says`);
        sum = (0,external_node_zlib_.crc32)(data);
    }
    else {
        // yauzl counts what comes, and ends it as soon as that is more than was said.
        for await (const chunk of await zip.openReadStreamPromise(entry)) {
            signal.throwIfAborted();
            sum = (0,external_node_zlib_.crc32)(chunk, sum);
        }
    }
    if (sum !== entry.crc32)
        throw broken((0,inert/* inert */.tJ) `the data of ${nameOf(entry)} has another checksum`);
}
function dataOf(entry, packed) {
    if (entry.compressionMethod === STORED)
        return packed;
    try {
        return (0,external_node_zlib_.inflateRawSync)(packed, { maxOutputLength: Math.max(entry.uncompressedSize, 1) });
    }
    catch (error) {
        throw broken((0,inert/* inert */.tJ) `the data of ${nameOf(entry)} is not deflated, or more than it says`, error);
    }
}

;// CONCATENATED MODULE: ./build/archive/zip.js
var zip_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
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
var zip_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
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








/** In bytes, with what it says beside names. It is kept until the data was read. */
const LARGEST_DIRECTORY = 32 * 1024 ** 2;
/**
 * Lists a zip archive, and reads it once: what a header says of a size or a checksum is a claim, and unzip writes whatever
 * the data is. Readers find entries in different ways (by the directory at the end, by the headers before the data, from
 * either end), so what two of them could see differently is refused: there is nothing between entries, before or behind them.
 *
 * @param bytes The size of the file.
 * @throws {ArchiveError} when it is broken, ambiguous, encrypted, or has what `listing` refuses; the signal's reason; what
 *   yauzl or the disk say
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
async function listZip(archive, bytes, listing, signal) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const file = zip_addDisposableResource(env_1, await (0,promises_.open)(archive), true);
        const window = createWindow(file);
        const zip = await openZip(archive, window, bytes);
        const entries = [];
        let size = 0;
        for await (const entry of zip.eachEntry()) {
            signal.throwIfAborted();
            listing.add(checkedName(entry), isFolder(entry) ? undefined : entry.uncompressedSize);
            entries.push(entry);
            size += recordSize(entry);
            if (size > LARGEST_DIRECTORY)
                throw refused((0,inert/* inert */.tJ) `a directory of more than ${LARGEST_DIRECTORY / 1024 ** 2} MiB`);
        }
        const end = await directoryStart(window, zip, bytes, { size, count: entries.length });
        await checkData(zip, window, entries, end, signal);
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = zip_disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}
/** yauzl reads a file in pieces of some bytes, which from the disk itself would cost ten times the rest. */
async function openZip(archive, window, bytes) {
    const { fromRandomAccessReaderPromise, RandomAccessReader } = await __webpack_require__.e(/* import() */ 663).then(__webpack_require__.t.bind(__webpack_require__, 663, 19));
    class Reader extends RandomAccessReader {
        read(target, offset, length, from, done) {
            const copy = (found) => void found.copy(target, offset);
            window
                .read(length, from)
                .then(copy)
                .then(() => done(null), done);
        }
        _readStreamForRange(start, end) {
            return (0,external_node_fs_.createReadStream)(archive, { start, end: end - 1 });
        }
    }
    return fromRandomAccessReaderPromise(new Reader(), bytes, { autoClose: false, decodeStrings: false });
}

;// CONCATENATED MODULE: ./build/archive/unpack.js









/**
 * Unpacks an archive: lists it by readers of ours, which refuse whatever is more than files and folders, has it unpacked by
 * the runner's program (`@actions/tool-cache`), and compares what came of that with the list.
 *
 * On the real disk alone, as that program knows no other.
 *
 * @param archive Absolute path of a file that nobody else writes to. Of a zip, it ends with `.zip`: Windows PowerShell asks for it
 *   (actions/toolkit#1179).
 * @param folder Absolute path of a folder that is empty, and ours alone. After an error, there may be anything in it.
 * @returns The regular files, in the order of the archive.
 * @throws {ArchiveError} when it is refused or broken, or could not be unpacked; the signal's reason
 */
async function unpack(archive, kind, folder, context) {
    const { signal } = context;
    const listed = await orElse(signal, unreadable, () => list(archive, kind, signal));
    // Of an archive without entries, unzip says that it failed.
    if (listed.length > 0)
        await runTool(kind, archive, folder, context);
    return orElse(signal, diskFault, () => checkFound(folder, listed, signal));
}
async function list(archive, kind, signal) {
    signal.throwIfAborted();
    const { size } = await (0,promises_.stat)(archive);
    const listing = createListing(size);
    await (kind === 'zip' ? listZip(archive, size, listing, signal) : listTar(archive, kind, size, listing, signal));
    return listing.all();
}
function unreadable(error) {
    return broken((0,inert/* inert */.tJ) `${(0,errors/* messageFor */.XW)(error)}`, error);
}
/** What is no error of ours is one of a library or of the disk, whose words are foreign. */
async function orElse(signal, wrap, work) {
    try {
        return await work();
    }
    catch (error) {
        signal.throwIfAborted();
        throw error instanceof errors/* InertError */.x1 ? error : wrap(error);
    }
}


/***/ })

};
