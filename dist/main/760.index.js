export const id = 760;
export const ids = [760];
export const modules = {

/***/ 760:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   "default": () => (__WEBPACK_DEFAULT_EXPORT__)
/* harmony export */ });
/* harmony import */ var _rolldown_runtime_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(428);
var t=/* @__PURE__ */ (0,_rolldown_runtime_js__WEBPACK_IMPORTED_MODULE_0__.t)(((e,t)=>{t.exports=process.getBuiltinModule(`node:worker_threads`)}));/* harmony default export */ const __WEBPACK_DEFAULT_EXPORT__ = (t());

/***/ })

};
