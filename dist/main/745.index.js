export const id = 745;
export const ids = [745];
export const modules = {

/***/ 745:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   writePage: () => (/* binding */ h)
/* harmony export */ });
/* harmony import */ var _rolldown_runtime_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(428);
/* harmony import */ var _first_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(202);
var p=/* @__PURE__ */ (0,_rolldown_runtime_js__WEBPACK_IMPORTED_MODULE_0__.a)((0,_first_js__WEBPACK_IMPORTED_MODULE_1__.U)(),1),m=/* @__PURE__ */ (0,_rolldown_runtime_js__WEBPACK_IMPORTED_MODULE_0__.a)((0,_first_js__WEBPACK_IMPORTED_MODULE_1__.V)(),1);async function h(e,{workspace:t,folder:n},l,{disk:h,key:_,signal:v}){let y=await (0,_first_js__WEBPACK_IMPORTED_MODULE_1__.a)(h,t,n),{page:b}=l,x=(0,m.join)(y.real,b),S=await (0,_first_js__WEBPACK_IMPORTED_MODULE_1__.s)(h,x),C=await (0,_first_js__WEBPACK_IMPORTED_MODULE_1__.r)(h,y.real,l,_,v,!0);if(`foreign`in C)throw new _first_js__WEBPACK_IMPORTED_MODULE_1__.b(`final`,(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`in ${n} ${C.foreign}. Nothing was replaced`);let w=C.mark;async function T(e,t){let n=await h.readFile((0,m.join)(y.real,l.record),`utf8`),i=(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.f)(n,(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.u)(b,e,{mediaType:`text/html`}),t,_);if(i===void 0)throw new _first_js__WEBPACK_IMPORTED_MODULE_1__.b(`final`,(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${l.record} was changed meanwhile`);w=await (0,_first_js__WEBPACK_IMPORTED_MODULE_1__.n)(h,y,l.record,i,w)}let E=(0,m.join)(y.real,`.cyberun-${(0,p.randomUUID)()}.part`);try{await y.check(b);let t=await g(h,E,e,v);return await T(t,!1),await y.check(b),await (0,_first_js__WEBPACK_IMPORTED_MODULE_1__.c)(h,E,x,S),S!==void 0&&await T(t,!0),(0,m.join)(n,b)}finally{await h.rm(E,{force:!0})}}async function g(e,t,n,r){let i=(0,p.createHash)(`sha256`),a=await e.open(t,`wx+`);try{let e=(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.o)(a,0);for await(let t of n){r.throwIfAborted();let n=Buffer.from(t);i.update(n),await e.write(n)}await e.flush()}finally{await a.close()}return i.digest(`hex`)}

/***/ })

};
