#include "core/scores/meld_formula.hpp"

#include "core/scores/logarithm.hpp"

#include <algorithm>
#include <cassert>

namespace vigil::scores {

using model::Decimal;
using model::Int128;

namespace {

constexpr Int128 nano = 1'000'000'000;
constexpr Int128 unit = nano * nano * nano; // terms are products of three numbers in units of 10^-9

// The bounds of the inputs and the factors keep every number below 10^6 and every term far below 10^38.
Int128 nanos(Decimal d) {
    const auto n = model::round_half_up(model::ratio(d), 9);
    assert(n && n->scale <= 9);
    Int128 out = n ? n->mantissa : 0;
    for (unsigned scale = n ? n->scale : 9; scale < 9; ++scale) out *= 10;
    return out;
}

// The bounds make it at least 1.
Int128 ln(Decimal value) {
    const auto l = natural_logarithm(value);
    assert(l);
    return l ? nanos(*l) : 0;
}

Int128 term(Decimal factor, Int128 a, Int128 b = nano) { return nanos(factor) * a * b; }

Int128 below(Clamp const& clamp, Decimal value) { return clamp.most ? nanos(*clamp.most) - nanos(value) : 0; }

// Half away from zero to whole multiples of `step`.
Int128 rounded(Int128 value, Int128 step) {
    return value < 0 ? -((-value + step / 2) / step) : (value + step / 2) / step;
}

std::int32_t bounded(MeldTables const& t, Int128 points) {
    return static_cast<std::int32_t>(std::clamp<Int128>(points, t.least, t.most));
}

Int128 logarithms(MeldTables const& t, MeldInputs const& in) {
    auto const& f = t.factors;
    return term(f.constant, nano) + term(f.ln_bilirubin, ln(in.bilirubin)) + term(f.ln_inr, ln(in.inr)) +
           term(f.ln_creatinine, ln(in.creatinine));
}

} // namespace

Decimal within(Clamp const& clamp, Decimal value) {
    if (clamp.least && value < *clamp.least) return *clamp.least;
    if (clamp.most && value > *clamp.most) return *clamp.most;
    return value;
}

MeldInputs within(MeldTables const& t, MeldInputs in) {
    in.bilirubin = within(t.bilirubin, in.bilirubin);
    in.inr = within(t.inr, in.inr);
    in.creatinine = within(t.creatinine, in.creatinine);
    if (in.dialysis && t.creatinine.most) in.creatinine = *t.creatinine.most;
    in.sodium = within(t.sodium, in.sodium);
    in.albumin = within(t.albumin, in.albumin);
    return in;
}

// To one decimal first, then ten times that.
std::int32_t meld_points(MeldTables const& t, MeldInputs const& in) {
    return bounded(t, rounded(logarithms(t, within(t, in)), unit / 10));
}

std::int32_t meld_na_points(MeldTables const& t, MeldInputs const& given) {
    const auto meld = meld_points(t, given);
    if (meld <= t.sodium_above) return meld;
    const auto deficit = below(t.sodium, within(t.sodium, given.sodium));
    const auto value =
        meld * unit + term(t.factors.sodium, deficit) + term(t.factors.sodium_meld, deficit, meld * nano);
    return bounded(t, rounded(value, unit));
}

std::int32_t meld3_points(MeldTables const& t, MeldInputs const& given, bool female) {
    const auto in = within(t, given);
    auto const& f = t.factors;
    const auto sodium = below(t.sodium, in.sodium), albumin = below(t.albumin, in.albumin);
    const auto value = logarithms(t, in) + (female ? term(f.female, nano) : 0) + term(f.sodium, sodium) +
                       term(f.sodium_ln_bilirubin, sodium, ln(in.bilirubin)) + term(f.albumin, albumin) +
                       term(f.albumin_ln_creatinine, albumin, ln(in.creatinine));
    return bounded(t, rounded(value, unit));
}

} // namespace vigil::scores
