// Makes pages quicker and livelier; every page works without it.
import { watchDialogs } from "./js/dialogs.js";
import { keepWork } from "./js/keeping.js";
import { watchKeys } from "./js/keys.js";
import { watchTopics } from "./js/live.js";
import { watchReview } from "./js/review.js";
import { watchRows } from "./js/rows.js";
import { watchTheme } from "./js/theme.js";
import { keepTime } from "./js/times.js";
import { watchToasts } from "./js/toasts.js";
import { watchWeights } from "./js/weights.js";

document.documentElement.classList.add("js");
watchTheme();
watchToasts();
watchDialogs();
watchRows();
watchReview();
watchKeys();
keepTime();
keepWork();
watchTopics();
watchWeights();
