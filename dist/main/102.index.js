export const id = 102;
export const ids = [102];
export const modules = {

/***/ 3066:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   I: () => (/* binding */ kindOf),
/* harmony export */   Vx: () => (/* binding */ HEAD),
/* harmony export */   bN: () => (/* binding */ badgeOf),
/* harmony export */   xY: () => (/* binding */ pictureType)
/* harmony export */ });
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6760);

/** How many bytes of a file {@link pictureType} looks at. */
const HEAD = 16;
/**
 * The media type of a picture that every browser shows, by the first bytes of its file; `undefined` for anything else, SVG
 * among it, which can hold a program.
 *
 * @see https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern
 */
function pictureType(head) {
    const text = Buffer.from(head).toString('latin1');
    if (text.startsWith('\x89PNG\r\n\x1a\n'))
        return 'image/png';
    if (text.startsWith('\xff\xd8\xff'))
        return 'image/jpeg';
    if (/^GIF8[79]a/.test(text))
        return 'image/gif';
    if (/^RIFF.{4}WEBP/s.test(text))
        return 'image/webp';
    // A still picture, or several (AV1 Image File Format, section 9.1).
    if (/^.{4}ftypavi[fs]/s.test(text))
        return 'image/avif';
    return undefined;
}
/** What people call a file, by its media type or its name. */
function kindOf(name, mediaType = '') {
    if (mediaType.startsWith('video/'))
        return 'Video';
    if (mediaType.startsWith('audio/'))
        return 'Audio';
    if (mediaType.startsWith('model/') || THREE_D.test(name))
        return '3D';
    if (mediaType.startsWith('image/'))
        return 'Picture';
    return ARCHIVE.test(name) ? 'Archive' : 'File';
}
const THREE_D = /\.(?:3ds|blend|fbx|glb|gltf|ksplat|obj|ply|splat|spz|stl|usd[acz]?)$/i;
const ARCHIVE = /\.(?:7z|gz|tar|tgz|zip)$/i;
/** Its extension as a badge, such as `GLB`; empty for none that is one. */
function badgeOf(name) {
    const extension = (0,node_path__WEBPACK_IMPORTED_MODULE_0__.extname)(name).slice(1);
    return /^[a-z0-9]{1,6}$/i.test(extension) ? extension.toUpperCase() : '';
}


/***/ }),

/***/ 3102:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   findPicture: () => (/* binding */ findPicture),
/* harmony export */   readWhole: () => (/* binding */ readWhole),
/* harmony export */   s: () => (/* binding */ readBase64)
/* harmony export */ });
/* harmony import */ var _base_disk_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7835);
/* harmony import */ var _kinds_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3066);


/** Bytes read at one time: a multiple of three, so that the base64 of pieces is that of the whole. */
const PIECE = 768 * 1024;
/** The media type of the picture at a path; `undefined` for anything else, and for what cannot be read. */
async function findPicture(disk, path) {
    try {
        const file = await disk.open(path, _base_disk_js__WEBPACK_IMPORTED_MODULE_0__/* .READ_NO_LINK */ .i);
        try {
            const head = Buffer.alloc(_kinds_js__WEBPACK_IMPORTED_MODULE_1__/* .HEAD */ .Vx);
            const { bytesRead } = await file.read(head, 0, _kinds_js__WEBPACK_IMPORTED_MODULE_1__/* .HEAD */ .Vx, 0);
            return (0,_kinds_js__WEBPACK_IMPORTED_MODULE_1__/* .pictureType */ .xY)(head.subarray(0, bytesRead));
        }
        finally {
            await file.close();
        }
    }
    catch {
        return undefined;
    }
}
/** A file as base64, in pieces. No more of it than so many bytes, however it grows. */
async function* readBase64(disk, path, bytes) {
    for await (const piece of readPieces(disk, path, bytes))
        yield piece.toString('base64');
}
/** A file whole, and no more of it than so many bytes. */
async function readWhole(disk, path, bytes) {
    const pieces = [];
    for await (const piece of readPieces(disk, path, bytes))
        pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces);
}
/** Each piece is good until the next. */
async function* readPieces(disk, path, bytes) {
    const file = await disk.open(path, _base_disk_js__WEBPACK_IMPORTED_MODULE_0__/* .READ_NO_LINK */ .i);
    try {
        const buffer = Buffer.alloc(Math.min(PIECE, bytes));
        for (let at = 0; at < bytes;) {
            const wanted = Math.min(buffer.byteLength, bytes - at);
            const got = await fill(file, buffer, wanted, at);
            yield buffer.subarray(0, got);
            if (got < wanted)
                return;
            at += got;
        }
    }
    finally {
        await file.close();
    }
}
/** A read may bring less than it was asked for, and base64 cannot go on in the middle of three bytes. */
async function fill(file, buffer, wanted, position) {
    let got = 0;
    while (got < wanted) {
        const { bytesRead } = await file.read(buffer, got, wanted - got, position + got);
        if (bytesRead === 0)
            break;
        got += bytesRead;
    }
    return got;
}


/***/ })

};
