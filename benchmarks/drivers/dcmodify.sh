# dcmodify changes files where they are, so they are copied first. INPUT OUTPUT ARGUMENTS (a file, one a line)
set -f
cp -r "$1/." "$2"
find "$2" -type f -print0 | xargs -0 dcmodify -nb -q -imt $(cat "$3")
