// Weights of a framework's elements: moving one slider makes the others give or take, so that the sum stays 100.
const numberOf = (field) => Math.max(0, Number.parseFloat(field.value.replace("%", "")) || 0);
const fieldsOf = (form) => [...form.querySelectorAll("[data-weight]")];
const sliderOf = (field) => field.closest(".weigh").querySelector("[data-weight-slider]");
const rounded = (number) => Math.round(number * 100) / 100;

function show(form) {
  const fields = fieldsOf(form);
  fields.forEach((field) => { sliderOf(field).value = numberOf(field); });
  const sum = rounded(fields.reduce((total, field) => total + numberOf(field), 0));
  form.querySelector("[data-weights-sum]").textContent = `They sum to ${sum}%${sum === 100 ? "." : ": not 100."}`;
}

function share(form, slider) {
  const own = slider.closest(".weigh").querySelector("[data-weight]");
  const others = fieldsOf(form).filter((field) => field !== own);
  if (!others.length) { own.value = 100; return; }
  own.value = Math.min(Math.max(1, Number(slider.value)), 100 - others.length);
  const left = 100 - Number(own.value), before = others.reduce((total, field) => total + numberOf(field), 0);
  // Each other keeps 1 at least; the rest goes by what they had; what rounding leaves goes to the largest.
  const shares = others.map((field) => 1 + Math.floor((left - others.length) * (before ? numberOf(field) / before : 1 / others.length)));
  const rest = left - shares.reduce((total, each) => total + each, 0);
  shares[shares.indexOf(Math.max(...shares))] += rest;
  others.forEach((field, place) => { field.value = shares[place]; });
}

export function watchWeights() {
  const form = document.querySelector("[data-weights]");
  if (!form) return;
  form.addEventListener("input", (event) => {
    if (event.target.matches("[data-weight-slider]")) share(form, event.target);
    if (event.target.matches("[data-weight], [data-weight-slider]")) show(form);
  });
  show(form);
}
