# Writes src/Kernels/Unicode.txt from the Unicode database that comes with Perl: perl build/unicode.pl > src/Kernels/Unicode.txt
# V VERSION; F CODE CODES: full case folding (CaseFolding.txt, status C and F); D CODE CODES: canonical decomposition, one step, Hangul apart;
# S CODE CODES: the same, never composed again (Full_Composition_Exclusion); C FIRST LAST CLASS: canonical combining class other than 0.
use strict;
use warnings;
use feature qw(fc unicode_strings);
use Unicode::UCD;
use Unicode::Normalize qw(isComp_Ex getCombinClass);

my $source = "https://www.unicode.org/Public/" . Unicode::UCD::UnicodeVersion() . "/ucd/";
print "V ", Unicode::UCD::UnicodeVersion(), " $source, (c) Unicode, Inc., https://www.unicode.org/license.txt\n";

sub codes { join ' ', map { sprintf '%04X', ord } split //, shift }
sub assigned { my $c = shift; !($c >= 0xD800 && $c <= 0xDFFF) && chr($c) =~ /\p{Assigned}/ }

my @all = grep { assigned($_) } 0 .. 0x3FFFF;

for my $c (@all) {
    my $folded = fc chr $c;
    printf "F %04X %s\n", $c, codes($folded) if $folded ne chr $c;
}

my %decomposition;
for (split /\n/, do 'unicore/Decomposition.pl') {
    my ($first, $last, $to) = split /\t/;
    next if $to =~ /^</;
    $decomposition{$_} = $to for hex $first .. hex($last || $first);
}
for my $c (sort { $a <=> $b } keys %decomposition) {
    next if $c >= 0xAC00 && $c <= 0xD7A3;
    printf "%s %04X %s\n", isComp_Ex($c) ? 'S' : 'D', $c, $decomposition{$c};
}

my ($first, $last, $class) = (0, -1, 0);
for my $c (@all, 0x110000) {
    my $own = $c < 0x110000 ? getCombinClass($c) : 0;
    if ($own == $class && $c == $last + 1) { $last = $c; next }
    printf "C %04X %04X %d\n", $first, $last, $class if $class;
    ($first, $last, $class) = ($c, $c, $own);
}
