#pragma once
// What vigild says, as a person reads it in a terminal; and as JSON, one object a line.

#include "wire/explained.hpp"

#include <string>
#include <string_view>

namespace google::protobuf {
class Message;
}
namespace vigil::v1 {
class Alert;
class DaemonStatus;
class Envelope;
class Evidence;
class Score;
} // namespace vigil::v1

namespace vigil::cli {

// proto field names, one line.
std::string json_of(google::protobuf::Message const& message);
// {"topic":"…", … the envelope …}
std::string json_of(std::string_view topic, v1::Envelope const& envelope);

// One line: when, where, what. Empty for what says nothing to a person (digests).
std::string line_of(std::string_view topic, v1::Envelope const& envelope, bool colour);

// Several lines, as somebody would check it: `vigil why`.
using wire::explained;
std::string explained(v1::DaemonStatus const& status);

} // namespace vigil::cli
