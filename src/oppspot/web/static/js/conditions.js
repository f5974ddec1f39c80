// A condition offers only the comparisons, and the values, of its own field. Without this all are offered, and checked later.
const parts = (row) => ["field", "op", "value"].map((name) => row.querySelector(`[name="${name}"]`));
const known = new WeakMap();

function told(builder) {
  if (!known.has(builder)) known.set(builder, { fields: JSON.parse(builder.dataset.fields), placeholders: JSON.parse(builder.dataset.placeholders) });
  return known.get(builder);
}

function offer(row, of) {
  const [field, op] = parts(row), chosen = op.value, ops = of.fields[field.value]?.ops;
  if (!ops) return;
  op.replaceChildren(...ops.map(([value, label]) => new Option(label, value, false, value === chosen)));
}

function fit(row, of) {
  const [field, op, value] = parts(row), about = of.fields[field.value];
  if (!about) return;
  const shape = about.ops.find(([name]) => name === op.value)?.[2] ?? "one";
  value.hidden = shape === "nothing";
  value.placeholder = of.placeholders[shape === "one" ? about.kind : shape];
  if (about.list && shape !== "nothing") value.setAttribute("list", `values-${field.value}`);
  else value.removeAttribute("list");
}

export function watchConditions() {
  document.addEventListener("change", (event) => {
    const row = event.target.closest?.(".condition-row"), builder = row?.closest("[data-conditions]");
    if (!builder) return;
    if (event.target.name === "field") offer(row, told(builder));
    if (event.target.name !== "value") fit(row, told(builder));
  });
}
