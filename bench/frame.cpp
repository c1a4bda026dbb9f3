#include "bench/frame.hpp"

#include "vigil/v1/observation.pb.h"

#include <cassert>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

namespace vigil::bench {

namespace {

constexpr int loinc = v1::CODE_SYSTEM_LOINC, mdc = v1::CODE_SYSTEM_MDC;

// Widths: a value under 2^20, an instant until the year 5300, a frame number under 2^35.
constexpr std::size_t mantissa_width = 3, time_width = 7, seq_width = 5;
constexpr std::string_view unit_name = "icu1";

std::uint64_t zigzag(std::int64_t v) {
    return (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63);
}

void store_padded(char* at, std::uint64_t v, std::size_t width) {
    for (std::size_t i = 0; i + 1 < width; ++i, v >>= 7) at[i] = static_cast<char>((v & 0x7F) | 0x80);
    assert(v < 0x80);
    at[width - 1] = static_cast<char>(v);
}

void store_digits(char* at, std::uint64_t v, std::size_t width) {
    for (auto i = width; i-- > 0; v /= 10) at[i] = static_cast<char>('0' + v % 10);
}

// The few rules of the wire format this needs.
class Writer {
public:
    void number(unsigned field, std::uint64_t v) {
        tag(field, 0);
        varint(v);
    }
    std::size_t padded(unsigned field, std::size_t width) {
        tag(field, 0);
        const auto at = out.size();
        out.append(width, '\0');
        store_padded(out.data() + at, 0, width);
        return at;
    }
    std::size_t text(unsigned field, std::string_view v) {
        tag(field, 2);
        varint(v.size());
        out.append(v);
        return out.size() - v.size();
    }
    std::size_t message(unsigned field, Writer const& inner) { return text(field, inner.out); }

    std::string out;

private:
    void tag(unsigned field, unsigned type) { varint(field << 3 | type); }
    void varint(std::uint64_t v) {
        for (; v >= 0x80; v >>= 7) out.push_back(static_cast<char>((v & 0x7F) | 0x80));
        out.push_back(static_cast<char>(v));
    }
};

constexpr std::size_t token_digits = 32; // as long as a site-keyed token
constexpr std::size_t id_digits = 12;
constexpr std::size_t bed_digits = 5;

// Like a digest, it differs from others at its beginning.
std::string token(char kind, unsigned bed) {
    return fmt::format("{:0{}}{}{:0<{}}", bed, bed_digits, kind, "", token_digits - bed_digits - 1);
}

void fill_subject(v1::Subject& out, unsigned bed) {
    out.set_visit(token('1', bed));
    out.add_patients(token('2', bed));
    out.mutable_location()->set_unit(std::string{unit_name});
    out.mutable_location()->set_bed(bed_name(bed));
}

v1::ObservationBatch head(std::string_view source, FrameTemplate::Fill const& with) {
    v1::ObservationBatch out;
    out.set_source(std::string{source});
    out.set_adapter_epoch(1);
    out.set_frame_seq(with.frame_seq);
    out.set_message_id(fmt::format("m{:0{}}", with.message, id_digits));
    std::string digest(16, '\0');
    std::memcpy(digest.data(), &with.message, sizeof with.message);
    out.set_content_digest(digest);
    out.set_part(0);
    out.set_parts(1);
    out.set_message_time_ms(with.time_ms);
    out.set_received_ms(with.received_ms);
    out.set_processing(v1::PROCESSING_TRAINING);
    fill_subject(*out.mutable_subject(), with.bed);
    return out;
}

std::string wrapped(v1::ObservationBatch batch) {
    v1::IngestMessage out;
    *out.mutable_batch() = std::move(batch);
    return out.SerializeAsString();
}

} // namespace

std::vector<Quantity> const& signals() {
    static const std::vector<Quantity> all{
        {mdc, "147842", "/min", 82, 0, 5},     {mdc, "149530", "/min", 82, 0, 5},
        {mdc, "150037", "mm[Hg]", 121, 0, 8},  {mdc, "150039", "mm[Hg]", 84, 0, 5},
        {mdc, "150038", "mm[Hg]", 65, 0, 5},   {mdc, "149514", "/min", 82, 0, 5},
        {mdc, "151594", "/min", 18, 0, 3},     {mdc, "16929196", "mL", 450, 0, 0},
        {mdc, "150087", "mm[Hg]", 9, 0, 3},    {mdc, "151562", "/min", 18, 0, 3},
        {mdc, "152490", "/min", 18, 0, 3},     {mdc, "152498", "/min", 6, 0, 2},
        {mdc, "150456", "%", 95, 0, 3},        {mdc, "150488", "%", 31, 1, 8},
        {mdc, "150344", "Cel", 371, 1, 2},     {mdc, "151708", "mm[Hg]", 38, 0, 4},
        {mdc, "152196", "%", 41, 0, 1},        {mdc, "151976", "cm[H2O]", 82, 1, 4},
        {mdc, "152788", "cm[H2O]", 90, 1, 5},  {mdc, "151808", "cm[H2O]", 10, 1, 4},
        {mdc, "152424", "cm[H2O]", 22, 0, 2},  {mdc, "151975", "cm[H2O]", 14, 0, 2},
        {mdc, "151957", "cm[H2O]", 27, 0, 3},  {mdc, "151880", "L/min", 81, 1, 7},
        {mdc, "151868", "mL", 452, 0, 25},     {mdc, "151688", "mL/cm[H2O]", 41, 0, 5},
        {mdc, "150656", "mm[Hg]", 220, 0, 10}, {mdc, "16928802", "/min", 16, 0, 0},
        {mdc, "16929412", "%", 40, 0, 0},      {mdc, "16929192", "cm[H2O]", 8, 0, 0},
    };
    assert(all.size() == signals_per_bed);
    return all;
}

std::vector<Quantity> const& laboratory() {
    static const std::vector<Quantity> all{
        {loinc, "2703-7", "mm[Hg]", 88, 0, 4},  {loinc, "777-3", "10*9/L", 180, 0, 9},
        {loinc, "1975-2", "mg/dL", 9, 1, 1},    {loinc, "2160-0", "mg/dL", 10, 1, 1},
        {loinc, "9269-2", "{score}", 14, 0, 0}, {loinc, "29463-7", "kg", 80, 0, 0},
        {loinc, "2823-3", "mmol/L", 42, 1, 2},  {loinc, "32693-4", "mmol/L", 15, 1, 2},
    };
    return all;
}

std::vector<Extreme> const& extremes() {
    static const std::vector<Extreme> all{
        {{loinc, "2951-2", "mmol/L", 178, 0, 0}, "na"},  {{loinc, "718-7", "g/dL", 30, 1, 0}, "hgb"},
        {{loinc, "6301-6", "{INR}", 120, 1, 0}, "inr"},  {{loinc, "2345-7", "mg/dL", 750, 0, 0}, "glu"},
        {{loinc, "6690-2", "10*9/L", 150, 0, 0}, "wbc"}, {{loinc, "5902-2", "s", 130, 0, 0}, "pt"},
        {{loinc, "14979-9", "s", 200, 0, 0}, "aptt"},    {{loinc, "1751-7", "g/dL", 70, 2, 0}, "alb"},
        {{loinc, "1988-5", "mg/L", 700, 0, 0}, "crp"},   {{loinc, "33959-8", "ng/mL", 700, 0, 0}, "pct"},
        {{loinc, "4544-3", "%", 8, 0, 0}, "hct"},        {{loinc, "3255-7", "g/L", 17, 0, 0}, "fib"},
        {{loinc, "3094-0", "mg/dL", 260, 0, 0}, "urea"}, {{loinc, "1920-8", "U/L", 25'000, 0, 0}, "ast"},
        {{loinc, "1742-6", "U/L", 25'000, 0, 0}, "alt"}, {{loinc, "2276-4", "ng/mL", 150'000, 0, 0}, "ferritin"},
    };
    return all;
}

std::string bed_name(unsigned bed) { return fmt::format("b{:0{}}", bed, bed_digits); }

std::optional<unsigned> bed_of_name(std::string_view name) {
    unsigned out = 0;
    if (name.size() != 1 + bed_digits || name.front() != 'b') return std::nullopt;
    const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), out);
    if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
    return out;
}

FrameTemplate::FrameTemplate(std::string_view source, std::vector<Quantity> const& quantities, std::size_t readings,
                             std::int64_t period_ms) {
    Writer batch;
    batch.text(1, source);
    batch.number(2, 1); // adapter epoch
    frame_seq_ = batch.padded(3, seq_width);
    message_id_ = batch.text(4, "m" + std::string(id_digits, '0')) + 1;
    digest_ = batch.text(5, std::string(16, '\0'));
    batch.number(7, 1); // parts
    message_time_ = batch.padded(8, time_width);
    received_ = batch.padded(9, time_width);
    batch.number(11, v1::PROCESSING_TRAINING);
    Writer subject, place;
    visit_ = subject.text(1, token('1', 0));
    patient_ = subject.text(2, token('2', 0));
    place.text(1, unit_name);
    bed_ = place.text(2, bed_name(0)) + 1;
    bed_ += subject.message(3, place);
    const auto subject_at = batch.message(12, subject);
    for (auto* p : {&visit_, &patient_, &bed_}) *p += subject_at;
    for (std::size_t i = 0; i < readings; ++i) {
        auto const& q = quantities[i % quantities.size()];
        Writer one;
        one.number(1, static_cast<unsigned>(q.system));
        one.text(2, q.code);
        const auto mantissa = one.padded(4, mantissa_width);
        if (q.scale != 0) one.number(5, q.scale);
        one.text(9, q.unit);
        const auto time = one.padded(10, time_width);
        one.number(12, v1::TIME_QUALITY_SYNCHRONISED);
        one.number(13, q.system == mdc ? v1::STATUS_UNVERIFIED : v1::STATUS_FINAL);
        one.number(14, v1::VALIDITY_OK);
        one.number(15, v1::METHOD_MEASURED);
        const auto at = batch.message(13, one);
        const auto after = static_cast<std::int64_t>(i / quantities.size()) * period_ms;
        places_.push_back({at + mantissa, at + time, q.mantissa, q.spread, after});
        last_after_ms_ = after;
    }
    Writer whole;
    const auto start = whole.message(2, batch);
    bytes_ = std::move(whole.out);
    for (auto* p : {&frame_seq_, &message_id_, &digest_, &message_time_, &received_, &visit_, &patient_, &bed_})
        *p += start;
    for (auto& p : places_) {
        p.mantissa += start;
        p.time += start;
    }
}

std::uint64_t FrameTemplate::random() {
    random_ ^= random_ << 13;
    random_ ^= random_ >> 7;
    return random_ ^= random_ << 17;
}

std::string_view FrameTemplate::fill(Fill const& with) {
    auto* b = bytes_.data();
    store_padded(b + frame_seq_, with.frame_seq, seq_width);
    store_digits(b + message_id_, with.message, id_digits);
    std::memcpy(b + digest_, &with.message, sizeof with.message);
    store_padded(b + message_time_, zigzag(with.time_ms + last_after_ms_), time_width);
    store_padded(b + received_, zigzag(with.received_ms), time_width);
    store_digits(b + visit_, with.bed, bed_digits);
    store_digits(b + patient_, with.bed, bed_digits);
    store_digits(b + bed_, with.bed, bed_digits);
    for (auto const& p : places_) {
        auto value = p.base;
        if (p.spread != 0) value += static_cast<std::int64_t>(random() % (2ULL * p.spread + 1)) - p.spread;
        store_padded(b + p.mantissa, zigzag(value), mantissa_width);
        store_padded(b + p.time, zigzag(with.time_ms + p.after_ms), time_width);
    }
    return bytes_;
}

std::string admission(std::string_view source, FrameTemplate::Fill const& with) {
    auto batch = head(source, with);
    auto& event = *batch.add_census();
    event.set_kind(v1::CensusEvent::KIND_ADMIT);
    fill_subject(*event.mutable_subject(), with.bed);
    event.set_effective_ms(with.time_ms);
    return wrapped(std::move(batch));
}

std::string ventilated(std::string_view source, FrameTemplate::Fill const& with) {
    auto batch = head(source, with);
    auto& reading = *batch.add_readings();
    reading.set_system(v1::CODE_SYSTEM_VIGIL);
    reading.set_code("resp_device");
    reading.set_coded("imv");
    reading.set_time_ms(with.time_ms);
    reading.set_time_quality(v1::TIME_QUALITY_SYNCHRONISED);
    reading.set_status(v1::STATUS_FINAL);
    reading.set_validity(v1::VALIDITY_OK);
    reading.set_method(v1::METHOD_MEASURED);
    return wrapped(std::move(batch));
}

} // namespace vigil::bench
