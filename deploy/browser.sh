#!/bin/sh
# Chromium for the browser tests: Debian's package where we may install it, else a sentence that says what is missing.
set -eu

for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "· 正在安装 Chromium（installing Chromium for the browser tests）"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null
  apt-get install -y -qq --no-install-recommends chromium >/dev/null
  exit 0
fi

echo "✗ 浏览器测试需要 Chromium，请先安装：sudo apt-get install chromium" >&2
echo "  The browser tests need Chromium; install it first: sudo apt-get install chromium" >&2
exit 1
