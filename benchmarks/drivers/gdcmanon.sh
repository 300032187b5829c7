# gdcmanon without its profile, which needs a certificate. INPUT OUTPUT ARGUMENTS (a file, one a line)
set -f
exec gdcmanon --dumb $(cat "$3") -r --continue -i "$1" -o "$2"
