export const id = 167;
export const ids = [167];
export const modules = {

/***/ 9167:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   decodePicture: () => (/* binding */ decodePicture)
/* harmony export */ });
/* harmony import */ var jpeg_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3598);
/* harmony import */ var pngjs__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(359);
/* harmony import */ var _base_errors_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(5145);
/* harmony import */ var _base_inert_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(1996);
/* harmony import */ var _kinds_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(3066);





/** What a picture may have to be decoded, in megapixels: it takes about a second, and for so long nothing else goes on. */
const MOST_MEGAPIXELS = { png: 16, jpeg: 5 };
/** What a JPEG's coefficients may take beside them, in MB. */
const MOST_MEMORY = 256;
/** Scans of a JPEG, each of which goes over the whole picture: a progressive one has some ten, a hostile one thousands. */
const MOST_SCANS = 40;
/** What begins one, and stands nowhere in its data: ITU-T T.81, B.1.1.3 and B.1.1.5. */
const SCAN = Buffer.of(0xff, 0xda);
/** A PNG's or a JPEG's pixels, or why there are none: it is of another kind, too large, or broken. Never throws. */
function decodePicture(bytes) {
    try {
        switch ((0,_kinds_js__WEBPACK_IMPORTED_MODULE_4__/* .pictureType */ .xY)(bytes)) {
            case 'image/png':
                return decodePng(bytes);
            case 'image/jpeg': {
                if (hasMoreScans(bytes, MOST_SCANS))
                    return (0,_base_inert_js__WEBPACK_IMPORTED_MODULE_3__/* .inert */ .tJ) `no preview of more than ${MOST_SCANS} scans`;
                const bounds = { maxResolutionInMP: MOST_MEGAPIXELS.jpeg, maxMemoryUsageInMB: MOST_MEMORY };
                const { width, height, data } = jpeg_js__WEBPACK_IMPORTED_MODULE_0__.decode(bytes, { useTArray: true, ...bounds });
                return { width, height, rgba: data };
            }
            default:
                return (0,_base_inert_js__WEBPACK_IMPORTED_MODULE_3__/* .inert */ .tJ) `no preview but of PNG and JPEG`;
        }
    }
    catch (error) {
        return (0,_base_inert_js__WEBPACK_IMPORTED_MODULE_3__/* .inert */ .tJ) `no preview: ${(0,_base_errors_js__WEBPACK_IMPORTED_MODULE_2__/* .messageFor */ .XW)(error)}`;
    }
}
function hasMoreScans(bytes, most) {
    let scans = 0;
    for (let at = bytes.indexOf(SCAN); at !== -1 && scans <= most; at = bytes.indexOf(SCAN, at + SCAN.length))
        scans += 1;
    return scans > most;
}
/** @throws what is wrong with it */
function decodePng(bytes) {
    // Where every PNG has them: https://www.w3.org/TR/png-3/#11IHDR. A picture of a few bytes may say that it has billions.
    const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    if (width * height > MOST_MEGAPIXELS.png * 1e6)
        return (0,_base_inert_js__WEBPACK_IMPORTED_MODULE_3__/* .inert */ .tJ) `no preview of ${width} x ${height} pixels`;
    return { width, height, rgba: pngjs__WEBPACK_IMPORTED_MODULE_1__/* .PNG */ .O.sync.read(bytes).data };
}


/***/ }),

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


/***/ })

};
