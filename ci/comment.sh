#!/usr/bin/env bash
# Puts the Markdown of `conform diff` under a pull request, in the place of the comment of an earlier push: comment.sh FILE OWNER/REPO NUMBER
# Needs GitHub's `gh` and GH_TOKEN with pull-requests: write.
set -euo pipefail
file=$1 repository=$2 number=$3
marker=$(head -n 1 "$file")
[[ $marker == '<!-- conform: '* ]] || { echo "$file is no comment of conform diff: it does not begin with its marker" >&2; exit 2; }
earlier=$(MARKER=$marker gh api --paginate "repos/$repository/issues/$number/comments" --jq '.[] | select(.body | startswith(env.MARKER)) | .id' | head -n 1)
if [ -n "$earlier" ]; then
  gh api --method PATCH "repos/$repository/issues/comments/$earlier" --field body=@"$file" --silent
else
  gh api --method POST "repos/$repository/issues/$number/comments" --field body=@"$file" --silent
fi
