export const id = 65;
export const ids = [65];
export const modules = {

/***/ 671:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   n: () => (/* binding */ i),
/* harmony export */   r: () => (/* binding */ r),
/* harmony export */   t: () => (/* binding */ s)
/* harmony export */ });
/* harmony import */ var _rolldown_runtime_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(428);
/* harmony import */ var _first_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(202);
var n=/* @__PURE__ */ (0,_rolldown_runtime_js__WEBPACK_IMPORTED_MODULE_0__.a)((0,_first_js__WEBPACK_IMPORTED_MODULE_1__.V)(),1);function r(e){let t=Buffer.from(e).toString(`latin1`);if(t.startsWith(`PNG\r

`))return`image/png`;if(t.startsWith(`ÿØÿ`))return`image/jpeg`;if(/^GIF8[79]a/.test(t))return`image/gif`;if(/^RIFF.{4}WEBP/s.test(t))return`image/webp`;if(/^.{4}ftypavi[fs]/s.test(t))return`image/avif`}function i(e,t=``){return t.startsWith(`video/`)?`Video`:t.startsWith(`audio/`)?`Audio`:t.startsWith(`model/`)||a.test(e)?`3D`:t.startsWith(`image/`)?`Picture`:o.test(e)?`Archive`:`File`}const a=/\.(?:3ds|blend|fbx|glb|gltf|ksplat|obj|ply|splat|spz|stl|usd[acz]?)$/i,o=/\.(?:7z|gz|tar|tgz|zip)$/i;function s(e){let t=(0,n.extname)(e).slice(1);return/^[a-z0-9]{1,6}$/i.test(t)?t.toUpperCase():``}

/***/ }),

/***/ 65:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   findPicture: () => (/* reexport safe */ _pictures2_js__WEBPACK_IMPORTED_MODULE_0__.t),
/* harmony export */   readWhole: () => (/* reexport safe */ _pictures2_js__WEBPACK_IMPORTED_MODULE_0__.r)
/* harmony export */ });
/* harmony import */ var _pictures2_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(139);


/***/ }),

/***/ 139:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   n: () => (/* binding */ r),
/* harmony export */   r: () => (/* binding */ i),
/* harmony export */   t: () => (/* binding */ n)
/* harmony export */ });
/* harmony import */ var _first_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(202);
/* harmony import */ var _kinds_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(671);
async function n(n,r){try{let i=await n.open(r,_first_js__WEBPACK_IMPORTED_MODULE_0__.A);try{let e=Buffer.alloc(16),{bytesRead:n}=await i.read(e,0,16,0);return (0,_kinds_js__WEBPACK_IMPORTED_MODULE_1__.r)(e.subarray(0,n))}finally{await i.close()}}catch{return}}async function*r(e,t,n){for await(let r of a(e,t,n))yield r.toString(`base64`)}async function i(e,t,n){let r=[];for await(let i of a(e,t,n))r.push(Buffer.from(i));return Buffer.concat(r)}async function*a(t,n,r){let i=await t.open(n,_first_js__WEBPACK_IMPORTED_MODULE_0__.A);try{let e=Buffer.alloc(Math.min(786432,r));for(let t=0;t<r;){let n=Math.min(e.byteLength,r-t),a=await o(i,e,n,t);if(yield e.subarray(0,a),a<n)return;t+=a}}finally{await i.close()}}async function o(e,t,n,r){let i=0;for(;i<n;){let{bytesRead:a}=await e.read(t,i,n-i,r+i);if(a===0)break;i+=a}return i}

/***/ })

};
