/** Shows the cards that have the values which are chosen. All that the page has is there without it, but for the choice. */
export const SCRIPT = `
'use strict';
const form = document.getElementById('filter');
const count = document.getElementById('count');
const choices = [...form.querySelectorAll('select')];
const cards = [...document.querySelectorAll('.card')].map((card) => ({ card, values: card.dataset.values.split(' ') }));
function apply() {
  let shown = 0;
  for (const { card, values } of cards) {
    card.hidden = choices.some(({ value }, index) => value !== '' && value !== values[index]);
    if (!card.hidden) shown += 1;
  }
  count.textContent = shown + ' of ' + cards.length + ' shown';
}
form.addEventListener('change', apply);
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('reset', () => setTimeout(apply));
form.hidden = false;
apply();
`;
