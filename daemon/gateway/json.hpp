#pragma once

#include <string>

namespace google::protobuf {
class Message;
}

namespace vigil::gateway {

/// proto3 JSON: lower camel case, 64-bit numbers as strings, no key for what is unset.
std::string to_json(const google::protobuf::Message& message);
/// False when the text is not JSON of this message; unknown keys are refused.
bool from_json(const std::string& text, google::protobuf::Message& message);

} // namespace vigil::gateway
