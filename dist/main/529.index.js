export const id = 529;
export const ids = [529];
export const modules = {

/***/ 9529:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   writePage: () => (/* binding */ writePage)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var _base_inert_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1996);
/* harmony import */ var _transfer_errors_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(1391);
/* harmony import */ var _transfer_file_js__WEBPACK_IMPORTED_MODULE_9__ = __webpack_require__(3486);
/* harmony import */ var _ground_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(8745);
/* harmony import */ var _record_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(915);
/* harmony import */ var _record_read_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(8260);
/* harmony import */ var _record_text_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(2451);
/* harmony import */ var _settle_js__WEBPACK_IMPORTED_MODULE_8__ = __webpack_require__(4557);










/**
 * Writes a page into a folder that has a record of this action's own, which lists it from before it has its name. One of an
 * earlier run is replaced. Returns its path, as it is told to users.
 *
 * @param pieces Its text; only one of them is held at a time.
 * @throws {TransferError} where something else has its name, or the record is gone; what the disk says; or the signal's reason
 */
async function writePage(pieces, { workspace, folder }, names, { disk, key, signal }) {
    const ground = await (0,_ground_js__WEBPACK_IMPORTED_MODULE_4__/* .openGround */ ._)(disk, workspace, folder);
    const { page } = names;
    const target = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(ground.real, page);
    const before = await (0,_settle_js__WEBPACK_IMPORTED_MODULE_8__/* .markOf */ .Fg)(disk, target);
    const found = await (0,_record_read_js__WEBPACK_IMPORTED_MODULE_6__/* .look */ .Op)(disk, ground.real, names, key, signal, true);
    if ('foreign' in found)
        throw new _transfer_errors_js__WEBPACK_IMPORTED_MODULE_3__/* .TransferError */ .a('final', (0,_base_inert_js__WEBPACK_IMPORTED_MODULE_2__/* .inert */ .tJ) `in ${folder} ${found.foreign}. Nothing was replaced`);
    let record = found.mark;
    async function list(sha256, isAlone) {
        const text = await disk.readFile((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(ground.real, names.record), 'utf8');
        const more = (0,_record_text_js__WEBPACK_IMPORTED_MODULE_7__/* .withFile */ .D4)(text, (0,_record_text_js__WEBPACK_IMPORTED_MODULE_7__/* .listed */ .KE)(page, sha256, { mediaType: 'text/html' }), isAlone, key);
        if (more === undefined)
            throw new _transfer_errors_js__WEBPACK_IMPORTED_MODULE_3__/* .TransferError */ .a('final', (0,_base_inert_js__WEBPACK_IMPORTED_MODULE_2__/* .inert */ .tJ) `${names.record} was changed meanwhile`);
        record = await (0,_record_js__WEBPACK_IMPORTED_MODULE_5__/* .writeRecord */ .r)(disk, ground, names.record, more, record);
    }
    const temporary = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(ground.real, `.cyberun-${(0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.randomUUID)()}.part`);
    try {
        await ground.check(page);
        const sha256 = await writeNew(disk, temporary, pieces, signal);
        await list(sha256, false);
        await ground.check(page);
        await (0,_settle_js__WEBPACK_IMPORTED_MODULE_8__/* .settle */ .G9)(disk, temporary, target, before);
        // Until now, the record claimed the old page as well as the new one.
        if (before !== undefined)
            await list(sha256, true);
        return (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, page);
    }
    finally {
        await disk.rm(temporary, { force: true });
    }
}
/** Writes a new file, and returns its digest. */
async function writeNew(disk, path, pieces, signal) {
    const hash = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256');
    const file = await disk.open(path, 'wx+');
    try {
        const writer = (0,_transfer_file_js__WEBPACK_IMPORTED_MODULE_9__/* .createWriter */ .u)(file, 0);
        for await (const piece of pieces) {
            signal.throwIfAborted();
            const bytes = Buffer.from(piece);
            hash.update(bytes);
            await writer.write(bytes);
        }
        await writer.flush();
    }
    finally {
        await file.close();
    }
    return hash.digest('hex');
}


/***/ })

};
