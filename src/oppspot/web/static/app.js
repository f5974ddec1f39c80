// Makes pages quicker and livelier; every page works without it.
import { watchConditions } from "./js/conditions.js";
import { watchDialogs } from "./js/dialogs.js";
import { keepWork } from "./js/keeping.js";
import { watchKeys } from "./js/keys.js";
import { watchTopics } from "./js/live.js";
import { watchOrder } from "./js/order.js";
import { watchReview } from "./js/review.js";
import { watchRows } from "./js/rows.js";
import { watchTheme } from "./js/theme.js";
import { keepTime } from "./js/times.js";
import { watchToasts } from "./js/toasts.js";
import { watchWeights } from "./js/weights.js";

document.documentElement.classList.add("js");
keepWork(); // first: what it holds back, nobody else acts on
watchTheme();
watchToasts();
watchDialogs();
watchConditions();
watchRows();
watchReview();
watchKeys();
keepTime();
watchTopics();
watchWeights();
watchOrder();
