// What one unfurler extracts from each of the addresses: `node unfurlers.js PROGRAM URL…` prints {URL: its own result}.
const RULES = ["author", "date", "description", "image", "lang", "publisher", "title", "url"];

async function page(url) {
  const answer = await fetch(url);
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status}`);
  return { html: await answer.text(), headers: Object.fromEntries(answer.headers) };
}

const PROGRAMS = {
  "open-graph-scraper"() {
    const scrape = require("open-graph-scraper");
    return async (url) => (await scrape({ url })).result;
  },
  "unfurl.js"() {
    return require("unfurl.js").unfurl;
  },
  metascraper() {
    const options = { date: { datePublished: true } };
    const extract = require("metascraper")(RULES.map((name) => require(`metascraper-${name}`)(options[name])));
    return async (url) => extract({ html: (await page(url)).html, url });
  },
  "link-preview-js"() {
    const { getPreviewFromContent } = require("link-preview-js"); // it refuses to fetch from an address such as ours
    return async (url) => {
      const { html, headers } = await page(url);
      return getPreviewFromContent({ url, headers, data: html });
    };
  },
};

async function main(program, urls) {
  const unfurl = PROGRAMS[program]();
  const found = {};
  for (const url of urls) found[url] = await unfurl(url);
  process.stdout.write(JSON.stringify(found));
}

main(process.argv[2], process.argv.slice(3)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
