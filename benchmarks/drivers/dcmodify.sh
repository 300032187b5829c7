# dcmodify changes files where they are, so they are copied first. INPUT OUTPUT ARGUMENTS (a file, one a line)
# It gives a whole call up at a file that it cannot read; then each file gets a call of its own.
set -f
cp -r "$1/." "$2"
find "$2" -type f -print0 | xargs -0 dcmodify -nb -q -imt $(cat "$3") ||
  find "$2" -type f -print0 | xargs -0 -n 1 dcmodify -nb -q -imt $(cat "$3")
