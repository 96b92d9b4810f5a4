/******/ var __webpack_modules__ = ({

/***/ 193:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   a: () => (/* binding */ ge),
/* harmony export */   c: () => (/* binding */ V),
/* harmony export */   d: () => (/* binding */ E),
/* harmony export */   f: () => (/* binding */ O),
/* harmony export */   h: () => (/* binding */ n),
/* harmony export */   i: () => (/* binding */ _e),
/* harmony export */   l: () => (/* binding */ D),
/* harmony export */   m: () => (/* binding */ o),
/* harmony export */   n: () => (/* binding */ $),
/* harmony export */   o: () => (/* binding */ z),
/* harmony export */   p: () => (/* binding */ c),
/* harmony export */   r: () => (/* binding */ Se),
/* harmony export */   s: () => (/* binding */ B),
/* harmony export */   t: () => (/* binding */ Te),
/* harmony export */   u: () => (/* binding */ T)
/* harmony export */ });
/* harmony import */ var _rolldown_runtime_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(921);
var n=/* @__PURE__ */ (0,_rolldown_runtime_js__WEBPACK_IMPORTED_MODULE_0__.t)(((e,t)=>{t.exports=Object.create(process.getBuiltinModule(`node:util`))})),r=n();const i=/* @__PURE__ */ new Set,a=/* @__PURE__ */ new Set;function o(e){let t=e.split(/[^a-z\d]+/i).filter(e=>/\d/.test(e));for(let n of[e,...t])n.length>=8&&a.add(n.slice(0,16))}function s(e){let t=[...a].filter(t=>e.includes(t));return t.length===0&&(i.size===0||e.length<16)?e:e.replace(/[^\s"'<>]+/g,e=>{if(e.length<8)return e;let n=t.map(t=>e.indexOf(t)).filter(e=>e!==-1),r=0;for(;r<=e.length-16&&!i.has(e.slice(r,r+16));)r+=1;let a=Math.min(...n,r>e.length-16?e.length:r);return a===e.length?e:`${e.slice(0,a)}***`})}function c(e){return ue(l(se(m(m(d(l(s(e))),re,v),y,x))))}function l(e){return e.includes(`@`)?e.replace(u,`$1`):e}const u=/(:\/\/)[^\s"<>/?#]*@/g;function d(e){return p.test(e)?e.replace(f,te):e}const f=/[^\s"'<>]+/g,p=/[?#]/,ee=/(?:signature|credential|token|policy|key-pair-id|sig)=/i;function te(e){let t=ee.test(e)?0:e.indexOf(`://`),n=t===-1?-1:e.slice(t).search(p);return n===-1?e:`${e.slice(0,t+n)}?***`}function m(e,t,n){if(e.search(t)===-1)return e;let r=``,i=0;for(let{index:a,0:o}of e.matchAll(t)){if(a<i)continue;let t=a+o.length,s=n(e.slice(Math.max(0,a-ne),a),o,e,t);s!==0&&(r+=`${e.slice(i,t)}***`,i=t+s)}return r+e.slice(i)}const ne=40,re=/(?:[:=]\s*|%(?:25)*3[ad]|\\u003[ad])\\*["']?/gi,h=/x-(?:amz|goog)-(?:credential|signature|security-token)[\s"'\\]*$/i,g=/(?:signature|accesskeyid|accessid|key-pair-id|token|password|passwd|secret|-policy|api[_-]?key)[\s"'\\]*$/i,_=/(?:^|[^a-z\d-]|%[\da-f]{2}|\\[nrt]|\\u[\da-f]{4})(?:sig|policy)[\s"'\\]*$/i;function v(e,t,n,r){let i=h.test(e);if(!i&&!g.test(e)&&!_.test(e))return 0;let a=!i&&/[:\s]$/.test(t),o=C(a?ie:S,n,r);return a&&o<16?0:o}const y=/(?:bearer|basic)(?:\s+|%20|\+)|[sda]k-|gh[a-z]_|github_pat_|hf_/gi,b=/(?:^|[^a-z\d-]|%[\da-f]{2}|\\[nrt]|\\u[\da-f]{4})$/i;function x(e,t,n,r){if(!b.test(e))return 0;if(/bearer/i.test(t))return C(S,n,r);let i=C(ae,n,r);return/basic/i.test(t)?oe(n.slice(r,r+i))?i:0:i<6?0:i}const S=/[^&\s"'<>]+/y,ie=/[\w%+/=.~-]+/y,ae=/[\w.~+/=%-]+/y;function C(e,t,n){return e.lastIndex=n,e.exec(t)?.[0].length??0}function oe(e){return Buffer.from(e,`base64`).includes(`:`)}function se(e){return e.includes(`eyJ`)?e.replace(ce,le):e}const ce=/[\w.-]+/g;function le(e){let t=e.indexOf(`eyJ`);if(t===-1)return e;let n=e.split(`.`);return n.length<3||n.filter(e=>e!==``).length<2?e:`${e.slice(0,t)}***`}function ue(e){if(!e.includes(`***`))return e;let t=!1;return e.replace(/[^\n\r]+/g,e=>{let[n=``]=e.trim().split(/[\s"'<>]/,1),r=t&&(/[=&%]/.test(n)||n.length>=16&&/\d/.test(n))?e.replace(n,()=>`***`):e;return t=r.trimEnd().endsWith(`***`),r})}const w=1e3;function T(e,...t){let n=e[0]??``;return t.forEach((t,r)=>{n+=j(String(t))+(e[r+1]??``)}),L(n)}function E(e,t=`, `){return L(e.join(t))}function D(e,t){return T`${e} ${t}${e===1?``:`s`}`}function O(e,t){let n=E(e.slice(0,t).map(e=>T`${e}`));return e.length>t?T`${n} and ${e.length-t} more`:n}const k=/[\n-\r\u0085\u2028\u2029]+/g,A=/(?![\t-\r\u0085])[\p{Cc}\p{Cf}\p{Cs}]/gu;function j(e){return P(R(I(c(M(P(e,w*4))))),w)}function M(e){let t=e.replace(N,``).replaceAll(`\x1B]`,``);return(0,r.stripVTControlCharacters)(t).replace(A,``)}const N=/\u001b\][^\u0007\u001b\u009c]*(?:[\u0007\u009c]|\u001b\\)/g;function P(e,t){if(e.length<=t)return e;let n=t-1;for(;n>0&&!F.test(e.charAt(n));)--n;return n===0?`text of ${e.length.toLocaleString(`en-US`)} characters`:`${e.slice(0,n).trimEnd()}…`}const F=/[\s\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\u3000-\u303f\uff00-\uff0f]/u;function I(e){return e.replace(k,(t,n)=>n===0||n+t.length===e.length?``:` ⏎ `)}function L(e){return R(e).replace(/^\s*::/,`: :`)}function R(e){return e.replace(/#(?=#\[)/g,`# `)}var z=class extends Error{constructor(e,t){super(e,t===void 0?void 0:{cause:t})}},B=class extends z{name=`RunError`;kind;place;brief;constructor(e,t,n,{brief:r,...i}={}){super(t,n),this.kind=e,this.place=i,this.brief=r}};function V(e){return e instanceof z?e.message:T`${e instanceof Error?e.message:String(e)}`}var H=/* @__PURE__ */ (0,_rolldown_runtime_js__WEBPACK_IMPORTED_MODULE_0__.n)((/* @__PURE__ */ (0,_rolldown_runtime_js__WEBPACK_IMPORTED_MODULE_0__.t)(((e,t)=>{t.exports=process.getBuiltinModule(`node:os`)})))(),1);function U(e){return e==null?``:typeof e==`string`||e instanceof String?e:JSON.stringify(e)}function de(e){return Object.keys(e).length?{title:e.title,file:e.file,line:e.startLine,endLine:e.endLine,col:e.startColumn,endColumn:e.endColumn}:{}}function W(e,t,n){let r=new fe(e,t,n);process.stdout.write(r.toString()+H.EOL)}function G(e,t=``){W(e,{},t)}var fe=class{constructor(e,t,n){e||=`missing.command`,this.command=e,this.properties=t,this.message=n}toString(){let e=`::`+this.command;if(this.properties&&Object.keys(this.properties).length>0){e+=` `;let t=!0;for(let n in this.properties)if(this.properties.hasOwnProperty(n)){let r=this.properties[n];r&&(t?t=!1:e+=`,`,e+=`${n}=${me(r)}`)}}return e+=`::${pe(this.message)}`,e}};function pe(e){return U(e).replace(/%/g,`%25`).replace(/\r/g,`%0D`).replace(/\n/g,`%0A`)}function me(e){return U(e).replace(/%/g,`%25`).replace(/\r/g,`%0D`).replace(/\n/g,`%0A`).replace(/:/g,`%3A`).replace(/,/g,`%2C`)}(/* @__PURE__ */ (0,_rolldown_runtime_js__WEBPACK_IMPORTED_MODULE_0__.t)(((e,t)=>{t.exports=process.getBuiltinModule(`node:path`)})))();var he;(function(e){e[e.Success=0]=`Success`,e[e.Failure=1]=`Failure`})(he||={});function ge(e){W(`add-mask`,{},e)}function _e(e,t){let n=process.env[`INPUT_${e.replace(/ /g,`_`).toUpperCase()}`]||``;if(t&&t.required&&!n)throw Error(`Input required and not supplied: ${e}`);return t&&t.trimWhitespace===!1?n:n.trim()}function ve(e){W(`debug`,{},e)}function ye(e,t={}){W(`warning`,de(t),e instanceof Error?e.toString():e)}function K(e){process.stdout.write(e+H.EOL)}function q(e){G(`group`,e)}function J(){G(`endgroup`)}function be(e){return Array.from({length:Math.ceil(e.height/2)},(t,n)=>{let r=``,[i,a]=[xe,Y];for(let t=0;t<e.width;t++){let[o,s]=[X(e,t,n*2),X(e,t,n*2+1)],[c,l,u]=o===void 0?[s,void 0,s===void 0?` `:`▄`]:[o,s,`▀`],d=[],f=c===void 0?i:`38;2;${c}`,p=l===void 0?Y:`48;2;${l}`;f!==i&&d.push(f),p!==a&&d.push(p),[i,a]=[f,p],r+=d.length>0?`\u001b[${d.join(`;`)}m${u}`:u}return`${r}\u001b[0m`})}const xe=`39`,Y=`49`;function X({width:e,height:t,rgba:n},r,i){let a=(i*e+r)*4;return i>=t||(n[a+3]??0)<128?void 0:n.subarray(a,a+3).join(`;`)}function Se(e=!1){let t=[];return{warned:t,info:(t,n)=>K(e&&n!==void 0?Ce(t,n):t),warning(e){t.push(e),t.length<we?ye(e):K(`Warning: ${e}`)},debug:e=>ve(e),group(e,t){q(e);for(let e of t.slice(0,Q))K(`| ${e}`);t.length>Q&&K(T`| … and ${t.length-Q} more`),J()},pictures(t,n){if(!e)return K(`${t}: none, as NO_COLOR is set`);q(t);for(let{name:e,picture:t}of n){let n=typeof t==`object`;if(K(`| ${e}${n?``:`: ${t}`}`),n)for(let e of be(t))K(e)}J()}}}const Z={good:32,bad:31,held:33,busy:36};function Ce(e,{at:t,length:n,tone:r}){let i=t+n;return`${e.slice(0,t)}\u001b[${Z[r]}m${e.slice(t,i)}\u001b[39m${e.slice(i)}`}const we=10,Q=1e3;function Te(e){return $(e).length>0}function $(e){return Object.entries(e).flatMap(([e,t])=>e.startsWith(`STATE_open_`)&&t?[[e.slice(6),t]]:[])}

/***/ }),

/***/ 235:
/***/ ((__webpack_module__, __unused_webpack___webpack_exports__, __nccwpck_require__) => {

__nccwpck_require__.a(__webpack_module__, async (__webpack_handle_async_dependencies__, __webpack_async_result__) => { try {
/* harmony import */ var _first_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(193);
const i=(0,_first_js__WEBPACK_IMPORTED_MODULE_0__.r)();for(let e of[process.stdout,process.stderr])e.on(`error`,()=>void 0);process.on(`SIGHUP`,()=>void 0),process.on(`uncaughtException`,e=>{a(e),process.exit(0)});try{if((0,_first_js__WEBPACK_IMPORTED_MODULE_0__.t)(process.env)){let{cancelOpen:e}=await __nccwpck_require__.e(/* import() */ 507).then(__nccwpck_require__.bind(__nccwpck_require__, 507));await e(i)}}catch(e){a(e)}process.stdout.write(``,()=>process.exit(0));function a(t){i.warning((0,_first_js__WEBPACK_IMPORTED_MODULE_0__.u)`What main left open could not be cancelled: ${(0,_first_js__WEBPACK_IMPORTED_MODULE_0__.c)(t)}`)}
__webpack_async_result__();
} catch(e) { __webpack_async_result__(e); } }, 1);

/***/ }),

/***/ 921:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   n: () => (/* binding */ c),
/* harmony export */   t: () => (/* binding */ o)
/* harmony export */ });
var e=Object.create,t=Object.defineProperty,n=Object.getOwnPropertyDescriptor,r=Object.getOwnPropertyNames,i=Object.getPrototypeOf,a=Object.prototype.hasOwnProperty,o=(e,t)=>()=>(t||(e((t={exports:{}}).exports,t,t.exports),e=null),t.exports),s=(e,i,o,s)=>{if(i&&typeof i==`object`||typeof i==`function`)for(var c=r(i),l=0,u=c.length,d;l<u;l++)d=c[l],!a.call(e,d)&&d!==o&&t(e,d,{get:(e=>i[e]).bind(null,d),enumerable:!(s=n(i,d))||s.enumerable});return e},c=(n,r,o)=>(o=n==null?{}:e(i(n)),s(r||!n||!n.__esModule||!a.call(n,`default`)?t(o,`default`,{value:n,enumerable:!0}):o,n));

/***/ })

/******/ });
/************************************************************************/
/******/ // The module cache
/******/ var __webpack_module_cache__ = {};
/******/ 
/******/ // The require function
/******/ function __nccwpck_require__(moduleId) {
/******/ 	// Check if module is in cache
/******/ 	var cachedModule = __webpack_module_cache__[moduleId];
/******/ 	if (cachedModule !== undefined) {
/******/ 		return cachedModule.exports;
/******/ 	}
/******/ 	// Create a new module (and put it into the cache)
/******/ 	var module = __webpack_module_cache__[moduleId] = {
/******/ 		// no module.id needed
/******/ 		// no module.loaded needed
/******/ 		exports: {}
/******/ 	};
/******/ 
/******/ 	// Execute the module function
/******/ 	var threw = true;
/******/ 	try {
/******/ 		__webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
/******/ 		threw = false;
/******/ 	} finally {
/******/ 		if(threw) delete __webpack_module_cache__[moduleId];
/******/ 	}
/******/ 
/******/ 	// Return the exports of the module
/******/ 	return module.exports;
/******/ }
/******/ 
/******/ // expose the modules object (__webpack_modules__)
/******/ __nccwpck_require__.m = __webpack_modules__;
/******/ 
/************************************************************************/
/******/ /* webpack/runtime/asset-relocator-loader */
/******/ if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = decodeURIComponent(new URL('.', import.meta.url).pathname).slice(import.meta.url.match(/^file:\/\/\/\w:/) ? 1 : 0, -1) + "/";
/******/ 
/******/ /* webpack/runtime/async module */
/******/ (() => {
/******/ 	var webpackQueues = typeof Symbol === "function" ? Symbol("webpack queues") : "__webpack_queues__";
/******/ 	var webpackExports = typeof Symbol === "function" ? Symbol("webpack exports") : "__webpack_exports__";
/******/ 	var webpackError = typeof Symbol === "function" ? Symbol("webpack error") : "__webpack_error__";
/******/ 	var resolveQueue = (queue) => {
/******/ 		if(queue && queue.d < 1) {
/******/ 			queue.d = 1;
/******/ 			queue.forEach((fn) => (fn.r--));
/******/ 			queue.forEach((fn) => (fn.r-- ? fn.r++ : fn()));
/******/ 		}
/******/ 	}
/******/ 	var wrapDeps = (deps) => (deps.map((dep) => {
/******/ 		if(dep !== null && typeof dep === "object") {
/******/ 			if(dep[webpackQueues]) return dep;
/******/ 			if(dep.then) {
/******/ 				var queue = [];
/******/ 				queue.d = 0;
/******/ 				dep.then((r) => {
/******/ 					obj[webpackExports] = r;
/******/ 					resolveQueue(queue);
/******/ 				}, (e) => {
/******/ 					obj[webpackError] = e;
/******/ 					resolveQueue(queue);
/******/ 				});
/******/ 				var obj = {};
/******/ 				obj[webpackQueues] = (fn) => (fn(queue));
/******/ 				return obj;
/******/ 			}
/******/ 		}
/******/ 		var ret = {};
/******/ 		ret[webpackQueues] = x => {};
/******/ 		ret[webpackExports] = dep;
/******/ 		return ret;
/******/ 	}));
/******/ 	__nccwpck_require__.a = (module, body, hasAwait) => {
/******/ 		var queue;
/******/ 		hasAwait && ((queue = []).d = -1);
/******/ 		var depQueues = new Set();
/******/ 		var exports = module.exports;
/******/ 		var currentDeps;
/******/ 		var outerResolve;
/******/ 		var reject;
/******/ 		var promise = new Promise((resolve, rej) => {
/******/ 			reject = rej;
/******/ 			outerResolve = resolve;
/******/ 		});
/******/ 		promise[webpackExports] = exports;
/******/ 		promise[webpackQueues] = (fn) => (queue && fn(queue), depQueues.forEach(fn), promise["catch"](x => {}));
/******/ 		module.exports = promise;
/******/ 		body((deps) => {
/******/ 			currentDeps = wrapDeps(deps);
/******/ 			var fn;
/******/ 			var getResult = () => (currentDeps.map((d) => {
/******/ 				if(d[webpackError]) throw d[webpackError];
/******/ 				return d[webpackExports];
/******/ 			}))
/******/ 			var promise = new Promise((resolve) => {
/******/ 				fn = () => (resolve(getResult));
/******/ 				fn.r = 0;
/******/ 				var fnQueue = (q) => (q !== queue && !depQueues.has(q) && (depQueues.add(q), q && !q.d && (fn.r++, q.push(fn))));
/******/ 				currentDeps.map((dep) => (dep[webpackQueues](fnQueue)));
/******/ 			});
/******/ 			return fn.r ? promise : getResult();
/******/ 		}, (err) => ((err ? reject(promise[webpackError] = err) : outerResolve(exports)), resolveQueue(queue)));
/******/ 		queue && queue.d < 0 && (queue.d = 0);
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/define property getters */
/******/ (() => {
/******/ 	// define getter functions for harmony exports
/******/ 	__nccwpck_require__.d = (exports, definition) => {
/******/ 		for(var key in definition) {
/******/ 			if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 				Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 			}
/******/ 		}
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/ensure chunk */
/******/ (() => {
/******/ 	__nccwpck_require__.f = {};
/******/ 	// This file contains only the entry chunk.
/******/ 	// The chunk loading function for additional chunks
/******/ 	__nccwpck_require__.e = (chunkId) => {
/******/ 		return Promise.all(Object.keys(__nccwpck_require__.f).reduce((promises, key) => {
/******/ 			__nccwpck_require__.f[key](chunkId, promises);
/******/ 			return promises;
/******/ 		}, []));
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/get javascript chunk filename */
/******/ (() => {
/******/ 	// This function allow to reference async chunks
/******/ 	__nccwpck_require__.u = (chunkId) => {
/******/ 		// return url for filenames based on template
/******/ 		return "" + chunkId + ".index.js";
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/hasOwnProperty shorthand */
/******/ (() => {
/******/ 	__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ })();
/******/ 
/******/ /* webpack/runtime/import chunk loading */
/******/ (() => {
/******/ 	// no baseURI
/******/ 	
/******/ 	// object to store loaded and loading chunks
/******/ 	// undefined = chunk not loaded, null = chunk preloaded/prefetched
/******/ 	// [resolve, Promise] = chunk loading, 0 = chunk loaded
/******/ 	var installedChunks = {
/******/ 		792: 0
/******/ 	};
/******/ 	
/******/ 	var installChunk = (data) => {
/******/ 		var {ids, modules, runtime} = data;
/******/ 		// add "modules" to the modules object,
/******/ 		// then flag all "ids" as loaded and fire callback
/******/ 		var moduleId, chunkId, i = 0;
/******/ 		for(moduleId in modules) {
/******/ 			if(__nccwpck_require__.o(modules, moduleId)) {
/******/ 				__nccwpck_require__.m[moduleId] = modules[moduleId];
/******/ 			}
/******/ 		}
/******/ 		if(runtime) runtime(__nccwpck_require__);
/******/ 		for(;i < ids.length; i++) {
/******/ 			chunkId = ids[i];
/******/ 			if(__nccwpck_require__.o(installedChunks, chunkId) && installedChunks[chunkId]) {
/******/ 				installedChunks[chunkId][0]();
/******/ 			}
/******/ 			installedChunks[ids[i]] = 0;
/******/ 		}
/******/ 	
/******/ 	}
/******/ 	
/******/ 	__nccwpck_require__.f.j = (chunkId, promises) => {
/******/ 			// import() chunk loading for javascript
/******/ 			var installedChunkData = __nccwpck_require__.o(installedChunks, chunkId) ? installedChunks[chunkId] : undefined;
/******/ 			if(installedChunkData !== 0) { // 0 means "already installed".
/******/ 	
/******/ 				// a Promise means "currently loading".
/******/ 				if(installedChunkData) {
/******/ 					promises.push(installedChunkData[1]);
/******/ 				} else {
/******/ 					if(true) { // all chunks have JS
/******/ 						// setup Promise in chunk cache
/******/ 						var promise = import("./" + __nccwpck_require__.u(chunkId)).then(installChunk, (e) => {
/******/ 							if(installedChunks[chunkId] !== 0) installedChunks[chunkId] = undefined;
/******/ 							throw e;
/******/ 						});
/******/ 						var promise = Promise.race([promise, new Promise((resolve) => (installedChunkData = installedChunks[chunkId] = [resolve]))])
/******/ 						promises.push(installedChunkData[1] = promise);
/******/ 					}
/******/ 				}
/******/ 			}
/******/ 	};
/******/ 	
/******/ 	// no prefetching
/******/ 	
/******/ 	// no preloaded
/******/ 	
/******/ 	// no external install chunk
/******/ 	
/******/ 	// no on chunks loaded
/******/ })();
/******/ 
/************************************************************************/
/******/ 
/******/ // startup
/******/ // Load entry module and return exports
/******/ // This entry module used 'module' so it can't be inlined
/******/ var __webpack_exports__ = __nccwpck_require__(235);
/******/ __webpack_exports__ = await __webpack_exports__;
/******/ 
