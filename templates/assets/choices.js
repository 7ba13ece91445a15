// Shows what belongs to a ticked radio or checkbox, and lets "None of these" untick the others.
//
// GOV.UK Frontend's own modules do this too, but they mark the inputs with "aria-expanded", which
// a radio may not carry. What is revealed follows its choice at once, so nothing more need be said.

const CHOICES = "input[type='radio'], input[type='checkbox']";

export function watchChoices() {
  document.addEventListener("change", ({ target }) => {
    if (!target.matches(CHOICES)) return;
    if (target.type === "checkbox" && target.checked) untickOthers(target);
    showWhatIsChosen();
  });
  // A browser that goes back fills in the form again, without saying what changed.
  addEventListener("pageshow", showWhatIsChosen);
  showWhatIsChosen();
}

function showWhatIsChosen() {
  for (const input of document.querySelectorAll("input[data-aria-controls]")) {
    const revealed = document.getElementById(input.dataset.ariaControls);
    const block = input.type === "radio" ? "govuk-radios" : "govuk-checkboxes";
    revealed.classList.toggle(`${block}__conditional--hidden`, !input.checked);
  }
}

// An exclusive choice contradicts every other one; any other contradicts the exclusive ones.
function untickOthers(ticked) {
  for (const other of ticked.form.querySelectorAll(`[name="${ticked.name}"]`)) {
    const contradicts = isExclusive(ticked) || isExclusive(other);
    if (other !== ticked && contradicts) other.checked = false;
  }
}

function isExclusive(input) {
  return input.dataset.behaviour === "exclusive";
}
