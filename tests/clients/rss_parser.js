// Reads the feeds whose addresses are its arguments, one after the other, and prints their items as JSON.
const Parser = require("rss-parser");

async function main(urls) {
  const parser = new Parser();
  const found = {};
  for (const url of urls) found[url] = (await parser.parseURL(url)).items;
  process.stdout.write(JSON.stringify(found));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
