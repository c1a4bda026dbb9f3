#include "gateway/json.hpp"

#include "gateway/page.pb.h"
#include "vigil/v1/alert.pb.h"
#include "vigil/v1/command.pb.h"
#include "vigil/v1/query.pb.h"

#include <limits>

#include <catch2/catch.hpp>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

using namespace vigil::gateway;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

std::string as_the_library_writes(const Message& message) {
    std::string text;
    REQUIRE(google::protobuf::util::MessageToJsonString(message, &text).ok());
    return text;
}

constexpr const char* said = "Ä \"quoted\" \\ </script> \n\r\t\b\f\x01\x1f\x7f ‖ 🙂";

/// Another value in every field, as deep as `depth` messages lie in each other.
void fill(Message& message, int depth, int& turn) {
    const auto& r = *message.GetReflection();
    const auto& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
        const auto* field = type.field(i);
        const int times = field->is_map() ? 1 : field->is_repeated() ? 2 : 1;
        for (int n = 0; n < times; ++n) {
            ++turn;
            const bool add = field->is_repeated();
            switch (field->cpp_type()) {
            case FieldDescriptor::CPPTYPE_INT32:
                add ? r.AddInt32(&message, field, -turn) : r.SetInt32(&message, field, -turn);
                break;
            case FieldDescriptor::CPPTYPE_UINT32:
                add ? r.AddUInt32(&message, field, 4'000'000'000U) : r.SetUInt32(&message, field, turn);
                break;
            case FieldDescriptor::CPPTYPE_INT64:
                add ? r.AddInt64(&message, field, turn)
                    : r.SetInt64(&message, field, std::numeric_limits<std::int64_t>::min());
                break;
            case FieldDescriptor::CPPTYPE_UINT64:
                add ? r.AddUInt64(&message, field, turn)
                    : r.SetUInt64(&message, field, std::numeric_limits<std::uint64_t>::max());
                break;
            case FieldDescriptor::CPPTYPE_DOUBLE:
                add ? r.AddDouble(&message, field, 0.1 * turn) : r.SetDouble(&message, field, 0.1 * turn);
                break;
            case FieldDescriptor::CPPTYPE_BOOL:
                add ? r.AddBool(&message, field, true) : r.SetBool(&message, field, true);
                break;
            case FieldDescriptor::CPPTYPE_ENUM: {
                const int value = turn % 5 == 0
                                      ? 12345
                                      : field->enum_type()->value(turn % field->enum_type()->value_count())->number();
                add ? r.AddEnumValue(&message, field, value) : r.SetEnumValue(&message, field, value);
                break;
            }
            case FieldDescriptor::CPPTYPE_STRING: {
                const auto text = (turn % 3 == 0 ? std::string() : said + std::to_string(turn));
                add ? r.AddString(&message, field, text) : r.SetString(&message, field, text);
                break;
            }
            case FieldDescriptor::CPPTYPE_MESSAGE:
                if (field->message_type()->file()->package() == "google.protobuf") break;
                if (depth > 0)
                    fill(*(add ? r.AddMessage(&message, field) : r.MutableMessage(&message, field)), depth - 1, turn);
                break;
            case FieldDescriptor::CPPTYPE_FLOAT: FAIL("no such field"); break;
            }
        }
    }
}

template <class M>
void same_as_the_library() {
    int turn = 0;
    for (int depth = 0; depth < 5; ++depth) {
        M message;
        fill(message, depth, turn);
        const auto text = to_json(message);
        REQUIRE(text == as_the_library_writes(message));
        M back;
        REQUIRE(from_json(text, back));
        REQUIRE(google::protobuf::util::MessageDifferencer::Equals(message, back));
        CHECK(text.find('\n') == std::string::npos); // an event of a stream is one line
    }
    CHECK(to_json(M{}) == "{}");
}

} // namespace

TEST_CASE("what the page is told is written as the library would write it") {
    same_as_the_library<vigil::page::v1::Wall>();
    same_as_the_library<vigil::page::v1::Bed>();
    same_as_the_library<vigil::page::v1::Clock>();
    same_as_the_library<vigil::page::v1::Trend>();
    same_as_the_library<vigil::page::v1::AlertRevisions>();
    same_as_the_library<vigil::page::v1::Why>();
    same_as_the_library<vigil::page::v1::Lanes>();
    same_as_the_library<vigil::page::v1::Moment>();
    same_as_the_library<vigil::page::v1::Session>();
    same_as_the_library<vigil::page::v1::AuditTail>();
    same_as_the_library<vigil::v1::SourceStatus>();
    same_as_the_library<vigil::v1::CommandReply>();
    same_as_the_library<vigil::v1::DaemonStatus>();
}

TEST_CASE("letters that nobody sees come through") {
    vigil::page::v1::Problem problem;
    problem.set_error("a\xe2\x80\xa8"
                      "b\xe2\x80\xae"
                      "c");
    vigil::page::v1::Problem back;
    REQUIRE(from_json(to_json(problem), back));
    CHECK(back.error() == problem.error());
}

TEST_CASE("numbers that are none, and times") {
    vigil::v1::DaemonState state;
    for (const double speed : {1.0, 60.0, 0.1, 1e20, 1e-7, std::numeric_limits<double>::quiet_NaN(),
                               std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
        state.set_clock_speed(speed);
        CHECK(to_json(state) == as_the_library_writes(state));
    }
    vigil::page::v1::AttestRequest request;
    request.mutable_event_time()->set_seconds(1'790'000'000);
    CHECK(to_json(request) == as_the_library_writes(request));
}
