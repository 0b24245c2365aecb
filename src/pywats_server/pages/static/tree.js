// The tree of assets by keyboard and by drag (the tree pattern of ARIA). Without it the tree is lists of links.
"use strict";

(() => {
  const card = document.querySelector(".tree-card");
  if (!card) return;
  const out = card.querySelector(".out");
  const canMove = "movable" in card.dataset;
  const MOST_REMEMBERED = 20;
  let tree;
  let cutId = null;

  function begin() {
    tree = document.getElementById("tree");
    tree.setAttribute("role", "tree");
    tree.setAttribute("aria-label", tree.dataset.label);
    dress(tree);
    tree.querySelector("li").tabIndex = 0;
  }

  // What lists of links need to be items of a tree: one of them has the focus, their links are reached by the arrows.
  function dress(within) {
    for (const list of within.querySelectorAll("ul")) list.setAttribute("role", "group");
    for (const control of within.querySelectorAll("a")) {
      control.tabIndex = -1;
      control.draggable = false;
    }
    for (const toggle of within.querySelectorAll(".toggle")) toggle.setAttribute("aria-hidden", "true");
    for (const item of within.querySelectorAll("li")) {
      const id = item.dataset.id;
      item.setAttribute("role", "treeitem");
      item.tabIndex = -1;
      if (item.matches(".node")) item.setAttribute("aria-labelledby", `who-${id} how-${id}`);
      else item.setAttribute("aria-label", item.textContent.trim());
      if (item.dataset.branch) item.setAttribute("aria-expanded", String(isOpen(item)));
      item.draggable = isMovable(item);
      item.classList.toggle("cut", id === cutId);
    }
  }

  // What is where

  const isMovable = (item) => canMove && item.matches(".node:not(.loose)");
  const isOpen = (item) => Boolean(item.querySelector(":scope > ul"));
  const items = () => [...tree.querySelectorAll("li")];
  const above = (item) => item.parentElement.closest("li");
  const current = () => tree.querySelector('li[tabindex="0"]') || tree.querySelector("li");

  function goTo(item) {
    if (!item) return;
    current().tabIndex = -1;
    item.tabIndex = 0;
    item.focus({ preventScroll: true });
    (item.querySelector(".line") || item).scrollIntoView({ block: "nearest" });
  }

  // Asking the server

  async function ask(address, options = {}) {
    const headers = { "HX-Request": "true", "X-CSRF-Token": document.body.dataset.csrf };
    try {
      const answer = await fetch(address, { ...options, headers });
      const elsewhere = answer.headers.get("HX-Redirect");
      if (elsewhere) location.assign(elsewhere);
      else if (answer.ok) return await answer.text();
      else refuse(await answer.text());
    } catch {
      refuse("");
    }
    return null;
  }

  function refuse(told) {
    const place = document.getElementById("refusals");
    place.innerHTML = told;
    if (!told) {
      const message = place.appendChild(document.createElement("p"));
      message.className = "refusal";
      message.textContent = card.dataset.fault;
    }
    place.scrollIntoView({ block: "nearest" });
  }

  function tell(message) {
    document.getElementById("tree-told").textContent = message;
  }

  // Opening and closing

  async function open(item) {
    if (!item.dataset.branch || isOpen(item) || item.hasAttribute("aria-busy")) return;
    item.setAttribute("aria-busy", "true");
    tell(card.dataset.opening);
    const told = await ask(item.dataset.branch);
    item.removeAttribute("aria-busy");
    tell("");
    if (told === null) return;
    const list = item.appendChild(document.createElement("ul"));
    list.innerHTML = told;
    list.setAttribute("role", "group");
    dress(list);
    item.setAttribute("aria-expanded", "true");
    remember();
  }

  function close(item) {
    const list = item.querySelector(":scope > ul");
    if (!list) return;
    if (list.contains(document.activeElement)) goTo(item);
    list.remove();
    item.setAttribute("aria-expanded", "false");
    remember();
  }

  // The rest of a branch comes in the place of what offers it.
  async function showMore(item) {
    const told = await ask(item.dataset.next || item.dataset.anew);
    if (told === null) return;
    const list = item.parentElement;
    const rest = document.createElement("ul");
    rest.innerHTML = told;
    dress(rest);
    const first = rest.firstElementChild;
    if (item.dataset.anew) list.replaceChildren(...rest.children);
    else item.replaceWith(...rest.children);
    goTo(first);
  }

  const openIds = () => items().filter(isOpen).map((item) => item.dataset.id);

  function remember() {
    const kept = openIds().slice(0, MOST_REMEMBERED).map((id) => ["open", id]);
    history.replaceState(null, "", kept.length ? `/tree?${new URLSearchParams(kept)}` : "/tree");
  }

  // Moving

  function cut(item) {
    letBe();
    cutId = item.dataset.id;
    item.classList.add("cut");
    out.hidden = !above(item);
  }

  function letBe() {
    cutId = null;
    if (out) out.hidden = true;
    for (const item of tree.querySelectorAll(".cut, .onto")) item.classList.remove("cut", "onto");
  }

  async function move(form) {
    const id = form.get("assetId");
    const told = await ask("/tree/move", { method: "POST", body: new URLSearchParams(form) });
    if (told === null) return;
    letBe();
    document.getElementById("refusals").replaceChildren();
    document.getElementById("notices").innerHTML = told;
    const again = await ask(`/tree/${id}?${new URLSearchParams(openIds().map((open) => ["open", open]))}`);
    if (again === null) return;
    tree.outerHTML = again;
    begin();
    remember();
    goTo(document.getElementById(`node-${id}`));
  }

  // Mounts what was cut in another asset, or in nothing.
  function mount(id, item) {
    const form = new FormData();
    form.set("assetId", id);
    if (item && item.matches(".node:not(.loose)")) form.set("parentAssetId", item.dataset.id);
    else form.set("out", "1");
    move(form);
  }

  // The keyboard

  let typed = "";
  let typing;

  function byName(letter) {
    clearTimeout(typing);
    typing = setTimeout(() => { typed = ""; }, 700);
    typed += letter.toLowerCase();
    const all = items();
    const at = all.indexOf(current()) + (typed.length === 1 ? 1 : 0);
    const isMeant = (item) => [item.dataset.serial || "", item.querySelector(".who")?.textContent.trim() || ""]
      .some((name) => name.toLowerCase().startsWith(typed));
    goTo([...all.slice(at), ...all.slice(0, at)].find(isMeant));
  }

  function act(item) {
    const link = item.querySelector(":scope > .line .who a");
    if (item.dataset.next || item.dataset.anew) showMore(item);
    else if (link) link.click();
    else toggle(item);
  }

  const toggle = (item) => (isOpen(item) ? close(item) : open(item));

  const KEYS = {
    ArrowDown: (item, all) => goTo(all[all.indexOf(item) + 1]),
    ArrowUp: (item, all) => goTo(all[all.indexOf(item) - 1]),
    ArrowRight: (item) => (isOpen(item) ? goTo(item.querySelector("li")) : open(item)),
    ArrowLeft: (item) => (isOpen(item) ? close(item) : goTo(above(item))),
    Home: (_, all) => goTo(all[0]),
    End: (_, all) => goTo(all[all.length - 1]),
    Enter: act,
    " ": toggle,
  };
  const MOVING = {
    x: (item) => {
      if (!isMovable(item)) return;
      cut(item);
      tell(card.dataset.cut.replace("{asset}", () => item.dataset.serial));
    },
    v: (item) => { if (cutId) mount(cutId, item); },
  };

  card.addEventListener("keydown", (event) => {
    const item = event.target.closest("#tree li");
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && cutId) {
      letBe();
      tell(card.dataset.kept);
      return;
    }
    const isName = event.key.length === 1 && /[\p{L}\p{N}\-_.]/u.test(event.key);
    const meant = KEYS[event.key] || (canMove && !typed && MOVING[event.key]);
    if (!meant && !isName) return;
    event.preventDefault();
    event.stopPropagation();
    if (meant) meant(item, items());
    else byName(event.key);
  });

  // The pointer

  card.addEventListener("click", (event) => {
    if (event.target.closest("[data-out]")) {
      mount(cutId, null);
      return;
    }
    const item = event.target.closest("#tree li");
    if (!item || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("a");
    if (link && !link.matches(".toggle, .more a")) return;
    event.preventDefault();
    goTo(item);
    if (link) (item.matches(".more") ? showMore : toggle)(item);
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-moves]")) return;
    event.preventDefault();
    move(new FormData(event.target));
  });

  let lingering;

  card.addEventListener("dragstart", (event) => {
    const item = event.target.closest?.("#tree li");
    if (!item || !isMovable(item)) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", item.dataset.serial);
    // What is dragged is pictured before it changes its looks.
    setTimeout(() => cut(item), 0);
  });

  card.addEventListener("dragover", (event) => {
    const place = event.target.closest("#tree li.node, .out");
    if (!cutId || !place || place.dataset.id === cutId) return;
    event.preventDefault();
    if (place.classList.contains("onto")) return;
    leave();
    place.classList.add("onto");
    // Who lingers over a closed branch wants to go into it.
    lingering = setTimeout(() => open(place), 800);
  });

  function leave() {
    clearTimeout(lingering);
    for (const place of card.querySelectorAll(".onto")) place.classList.remove("onto");
  }

  card.addEventListener("drop", (event) => {
    const place = event.target.closest("#tree li.node, .out");
    if (!cutId || !place) return;
    event.preventDefault();
    mount(cutId, place);
  });

  card.addEventListener("dragend", () => {
    leave();
    letBe();
  });

  begin();
  const shown = tree.dataset.shown && document.getElementById(`node-${tree.dataset.shown}`);
  if (shown) goTo(shown);
})();
