// Writes what Firefox shows into the file arguments[0]: "chooser TEXT", "pin TEXT" or "page ADDRESS TITLE".
// It only looks. A script cannot be asked while the PIN prompt is open, but a timer still runs.
const file = arguments[0];
const { setInterval } = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs");

function textOf(page, selector) {
  const parts = [...page.querySelectorAll(selector)];
  return parts.map(part => part.getAttribute("label") || part.textContent.trim()).join("\n");
}

// The dialogs are documents of the browser itself, somewhere inside one of its windows.
function look() {
  for (const window of Services.ww.getWindowEnumerator()) {
    const shells = window.docShell.getAllDocShellsInSubtree(
      Ci.nsIDocShellTreeItem.typeChrome,
      Ci.nsIDocShell.ENUMERATE_FORWARDS
    );
    for (const shell of shells) {
      const page = shell.docViewer?.DOMDocument;
      if (page?.readyState != "complete") {
        continue;
      }
      if (page.documentURI.startsWith("chrome://pippki/content/clientauthask")) {
        const text = textOf(page, "#nicknames menuitem, .details");
        // The details come a moment later; the last one, whatever the language, names the card.
        const stored = page.getElementById("clientAuthCertDetailsStoredOn");
        return stored?.textContent.includes("CNS ") ? `chooser ${text}` : "page opening the chooser";
      }
      if (page.documentURI.startsWith("chrome://global/content/commonDialog")) {
        return `pin ${textOf(page, "#infoBody")}`;
      }
    }
  }
  const tab = Services.wm.getMostRecentBrowserWindow()?.gBrowser.selectedBrowser;
  const loading = tab?.webProgress?.isLoadingDocument ? "loading after " : "";
  return `page ${loading}${tab?.documentURI?.spec} ${tab?.contentTitle}`;
}

let last;
setInterval(() => {
  const now = look();
  if (now !== last) {
    last = now;
    IOUtils.writeUTF8(file, now, { tmpPath: `${file}.new` });
  }
}, 50);
