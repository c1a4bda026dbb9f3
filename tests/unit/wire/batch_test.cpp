#include "wire/batch.hpp"

#include "ward.hpp"
#include "wire/limits.hpp"

#include "vigil/v1/observation.pb.h"

#include <catch2/catch.hpp>

using namespace vigil;

namespace {

constexpr std::int64_t noon = 1'700'000'000'000;

v1::ObservationBatch batch(int readings = 1) {
    v1::ObservationBatch out;
    out.set_source("lab");
    out.set_message_id("m1");
    out.set_content_digest(std::string(16, '\7'));
    out.set_message_time_ms(noon);
    out.set_received_ms(noon + 5);
    out.set_processing(v1::PROCESSING_TRAINING);
    out.mutable_subject()->set_visit("v1");
    for (int i = 0; i < readings; ++i) {
        auto& r = *out.add_readings();
        r.set_system(v1::CODE_SYSTEM_LOINC);
        r.set_code("777-" + std::to_string(i));
        r.set_mantissa(1204 + i);
        r.set_scale(1);
        r.set_unit("10*3/uL");
        r.set_time_ms(noon);
        r.set_status(v1::STATUS_FINAL);
        r.set_order("ord-1");
    }
    return out;
}

wire::Taken read(ward::Ward& w, v1::ObservationBatch const& b, wire::BatchReader& reader) {
    REQUIRE(wire::BatchReader::check(b, true).empty());
    wire::Taken out;
    REQUIRE(reader.read(b, w.engine, w.lab, out).empty());
    return out;
}

} // namespace

TEST_CASE("a feed that makes up sub-ids or codes without end fills no memory") {
    ward::Ward w;
    wire::BatchReader reader;
    const auto send = [&](std::size_t from, std::size_t count, bool codes) {
        for (std::size_t n = from; n < from + count; n += 256) {
            auto b = batch(256);
            b.set_message_id("m" + std::to_string(n));
            for (int i = 0; i < 256; ++i) {
                auto const name = std::to_string(n + static_cast<std::size_t>(i));
                auto& r = *b.mutable_readings(i);
                r.set_code(codes ? "c" + name : "777-3");
                if (!codes) r.set_sub_id(name);
            }
            w.step(read(w, b, reader).frame);
        }
        return w.engine.state().channels.size();
    };
    CHECK(send(0, 2'048, false) == 2'048);
    CHECK(send(2'048, 20'480, false) == 2'049); // what they measure is still known
    CHECK(w.engine.state().channels.back().code == "777-3");
    CHECK(w.engine.state().channels.back().sub_id.empty());
    CHECK(send(30'000, 10'240, true) == 4'097);
    CHECK(w.engine.state().channels.back().code == "overflow");
    CHECK(w.engine.state().channel_counts.back().readings > 8'000);
    CHECK(w.engine.state().channel_counts.back().meaning.reason == model::Reason::unmapped);
}

TEST_CASE("a batch becomes a frame with its own words introduced once") {
    ward::Ward w;
    wire::BatchReader reader;
    auto taken = read(w, batch(3), reader);
    auto const& f = taken.frame;
    CHECK(f.message_id == "m1");
    CHECK(f.content[0] == 7);
    CHECK(f.new_channels.size() == 3);
    CHECK(f.new_subjects.size() == 1);
    CHECK(f.new_subjects[0].visit == "v1");
    CHECK(f.orders == std::vector<std::string>{"ord-1"});
    REQUIRE(f.readings.size() == 3);
    CHECK(f.readings[2].channel.value == w.engine.state().channels.size() + 3);
    CHECK(f.readings[2].value.number == model::Decimal{1206, 1});
    CHECK(f.readings[2].order == 1);

    w.step(taken.frame);
    auto next = batch(4);
    next.set_message_id("m2");
    const auto again = read(w, next, reader).frame;
    CHECK(again.new_channels.size() == 1);
    CHECK(again.new_subjects.empty());
    CHECK(again.readings[0].channel == f.readings[0].channel);
    CHECK(again.subject == f.subject);
    CHECK(w.engine.taken_before(w.lab, "m1", f.content, 0) == w.seq);
}

TEST_CASE("the same channel twice in one frame is introduced once") {
    ward::Ward w;
    wire::BatchReader reader;
    auto b = batch(2);
    b.mutable_readings(1)->set_code("777-0");
    const auto f = read(w, b, reader).frame;
    CHECK(f.new_channels.size() == 1);
    CHECK(f.readings[0].channel == f.readings[1].channel);
}

TEST_CASE("values: a number, a word of the list, or the reason there is none; nothing missing becomes a number") {
    ward::Ward w;
    wire::BatchReader reader;
    auto b = batch(4);
    for (int i = 0; i < 4; ++i) b.mutable_readings(i)->clear_mantissa();
    b.mutable_readings(0)->set_coded("bilateral");
    b.mutable_readings(1)->set_coded("word_of_a_newer_version");
    b.mutable_readings(2)->set_absent(v1::ABSENT_REASON_TEXT);
    b.mutable_readings(3)->clear_time_ms();
    const auto f = read(w, b, reader).frame;
    CHECK(f.readings[0].value.word == model::Word::bilateral);
    CHECK(f.readings[1].value.kind == model::Value::Kind::absent);
    CHECK(f.readings[1].value.absent == model::AbsentReason::unreadable);
    CHECK(f.readings[2].value.absent == model::AbsentReason::text);
    CHECK(f.readings[3].value.kind == model::Value::Kind::absent);
    CHECK_FALSE(f.readings[3].time);
}

TEST_CASE("census events come before the readings of their message") {
    ward::Ward w;
    wire::BatchReader reader;
    auto b = batch(1);
    auto& admit = *b.add_census();
    admit.set_kind(v1::CensusEvent::KIND_ADMIT);
    admit.mutable_subject()->set_visit("v1");
    admit.mutable_subject()->mutable_location()->set_unit("icu1");
    admit.mutable_subject()->mutable_location()->set_bed("b1");
    admit.set_age_years(61);
    admit.set_sex(v1::CensusEvent::SEX_FEMALE);
    const auto taken = read(w, b, reader);
    REQUIRE(taken.census.size() == 1);
    CHECK(taken.census[0].kind == core::CensusKind::admit);
    CHECK(taken.census[0].source == "lab");
    CHECK(taken.census[0].subject.location == model::Location{"icu1", "b1"});
    CHECK(taken.census[0].age_years == 61);
    CHECK(taken.census[0].sex == core::Sex::female);
    CHECK(taken.has_frame);
}

TEST_CASE("what breaks the contract is refused with one word") {
    const auto refused = [](auto&& spoil, bool simulated = true) {
        auto b = batch(1);
        spoil(b);
        return std::string{wire::BatchReader::check(b, simulated)};
    };
    CHECK(refused([](auto&) {}) == "");
    CHECK(refused([](auto& b) { b.set_source("Lab"); }) == "bad_source");
    CHECK(refused([](auto& b) { b.set_message_id(""); }) == "bad_message_id");
    CHECK(refused([](auto& b) { b.set_message_id(std::string(200, 'x')); }) == "bad_message_id");
    CHECK(refused([](auto& b) { b.set_content_digest("short"); }) == "bad_digest");
    CHECK(refused([](auto& b) { b.clear_subject(); }) == "no_subject");
    CHECK(refused([](auto& b) { b.set_received_ms(wire::latest_ms + 1); }) == "time_out_of_bounds");
    CHECK(refused([](auto& b) { b.set_clock_offset_ms(wire::offset_ms + 1); }) == "time_out_of_bounds");
    CHECK(refused([](auto& b) { b.mutable_readings(0)->set_time_ms(INT64_MIN); }) == "time_out_of_bounds");
    CHECK(refused([](auto& b) { b.mutable_readings(0)->set_scale(13); }) == "number_out_of_bounds");
    CHECK(refused([](auto& b) { b.mutable_readings(0)->set_mantissa(INT64_MIN); }) == "number_out_of_bounds");
    CHECK(refused([](auto& b) { b.mutable_readings(0)->set_coded("x"); }) == "two_values");
    CHECK(refused([](auto& b) { b.mutable_readings(0)->set_code(""); }) == "reading_without_code");
    CHECK(refused([](auto& b) { b.mutable_readings(0)->set_code(std::string("a\0b", 3)); }) == "bad_text");
    CHECK(refused([](auto& b) { b.mutable_readings(0)->set_order("a name"); }) == "bad_identifier");
    CHECK(refused([](auto& b) { b.mutable_readings(0)->set_status(static_cast<v1::Status>(77)); }) == "unknown_enum");
    CHECK(refused([](auto& b) { b.set_processing(v1::PROCESSING_PRODUCTION); }) == "not_training");
    CHECK(refused([](auto& b) { b.set_processing(v1::PROCESSING_PRODUCTION); }, false) == "");
    CHECK(refused([](auto& b) {
              for (int i = 0; i < 256; ++i) *b.add_readings() = b.readings(0);
          }) == "too_many_readings");
}

TEST_CASE("whom a message speaks of is in tokens, or the batch is refused") {
    ward::Ward w;
    wire::BatchReader reader;
    wire::Taken taken;
    const auto refused = [&](auto&& spoil) {
        auto b = batch(1);
        spoil(b);
        return std::string{reader.read(b, w.engine, w.lab, taken)};
    };
    CHECK(refused([](auto& b) { b.mutable_subject()->set_visit("John Smith"); }) == "bad_subject");
    CHECK(refused([](auto& b) { b.mutable_subject()->add_patients("a^b"); }) == "bad_subject");
    CHECK(refused([](auto& b) { b.mutable_subject()->mutable_location()->set_unit("ICU 1"); }) == "bad_subject");
    CHECK(refused([](auto& b) { b.add_census(); }) == "bad_census_event");
    CHECK(refused([](auto& b) {
              b.add_census()->set_kind(v1::CensusEvent::KIND_ADMIT);
              b.mutable_census(0)->set_age_years(200);
          }) == "bad_census_event");
}
