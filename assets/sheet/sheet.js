"use strict";
// The language beside WIT.
for (const button of document.querySelectorAll("button[data-language]")) {
  button.addEventListener("click", () => {
    document.body.dataset.language = button.dataset.language;
    for (const other of document.querySelectorAll("button[data-language]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
  });
}
// The filter hides what does not have the text in it.
const filter = document.getElementById("filter");
filter.addEventListener("input", () => {
  const wanted = filter.value.trim().toLowerCase();
  for (const entry of document.querySelectorAll("nav .entry")) {
    const article = document.getElementById(entry.getAttribute("href").slice(1));
    const isNamed = article.querySelector("h3").textContent.toLowerCase().includes(wanted);
    let any = isNamed;
    for (const item of article.querySelectorAll(".item")) {
      const fits = isNamed || item.dataset.text.includes(wanted);
      item.hidden = !fits;
      any ||= fits;
    }
    entry.hidden = article.hidden = !any;
  }
});
